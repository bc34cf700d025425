"""Treasury yields and the curve."""
