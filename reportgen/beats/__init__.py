"""Families of news: a folder each, with what is found, how it is told, and its proof."""

from reportgen.beats.spec import Beat, Kind, beats, detector, proof, proven

__all__ = ["Beat", "Kind", "beats", "detector", "proof", "proven"]
