"""The figures of releases: prices, jobs, the unemployment rate."""
