"""Where a finished brief goes, and what is kept of that: nothing here computes, tells or changes a number."""
