"""The archive.

Finished briefs as a static site that needs no server, and grows by a
day in less than a second.
"""
