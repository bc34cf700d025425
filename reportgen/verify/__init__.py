"""Whether a finished brief says what its facts bear out.

Shares no rule with the code that wrote it.
"""
