"""The industry of which the stocks moved farthest."""
