"""The day that begins: hours of the session, publications, decisions, and futures."""
