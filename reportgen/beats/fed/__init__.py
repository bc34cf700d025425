"""The Fed's target range, and what futures make of the next meeting."""
