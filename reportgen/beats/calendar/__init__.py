"""What the calendar knows of a session, and what is next on it."""
