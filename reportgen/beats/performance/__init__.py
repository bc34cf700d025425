"""Return and risk of a series over years, against a benchmark: a tear sheet."""
