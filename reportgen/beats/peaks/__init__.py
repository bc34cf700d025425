"""The highest level within a session, beside record closes."""
