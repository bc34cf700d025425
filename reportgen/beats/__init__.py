"""Families of news: which kinds each has, in which order and from which score it is told."""

from reportgen.beats.spec import Beat, Kind, beats, detectors

__all__ = ["Beat", "Kind", "beats", "detectors"]
