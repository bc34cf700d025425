"""Exchange rates, and prices that an agency publishes later than their day."""
