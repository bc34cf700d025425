"""Groups of stocks by their median."""
