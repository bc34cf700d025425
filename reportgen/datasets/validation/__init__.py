"""What is wrong with market data, and what may stand."""
