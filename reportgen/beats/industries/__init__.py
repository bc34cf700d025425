"""The industry that moved farthest."""
