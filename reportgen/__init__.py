"""Market recaps from notebooks: every number traced to the cell that computed it, and checked before it leaves."""

__version__ = "0.2.0"
__all__ = ["__version__"]
