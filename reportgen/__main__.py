"""``python -m reportgen``: the command line, where the command itself is not on the path."""

from reportgen.cli import entry

entry()
