"""Where a finished brief goes, and what is kept of that.

Nothing here computes, tells or changes a number.
"""
