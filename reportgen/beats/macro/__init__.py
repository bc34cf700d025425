"""Monthly and quarterly series by period, as they were known: a chart pack."""
