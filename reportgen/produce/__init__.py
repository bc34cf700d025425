"""From a request to a written brief."""
