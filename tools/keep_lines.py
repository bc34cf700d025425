"""Keep the lines of a released version: ``tools/keep_lines.py COMMIT``.

Desks have copies of its stories. Their lines stay known, so that nobody is asked to vouch for them.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator

from reportgen.story.passages import OLDER, SHORT, lines


def stories(commit: str) -> Iterator[str]:
    """The texts of the stories and templates of *commit*."""
    listed = _git("ls-tree", "-r", "--name-only", commit).splitlines()
    for name in listed:
        story = name.startswith(("templates/story/", "reports/"))
        if story and name.endswith(".j2"):
            yield _git("show", f"{commit}:{name}")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout  # noqa: S607


def main() -> None:
    """Add the lines of the commit to those of the versions before it."""
    kept = OLDER.read_text(encoding="utf-8").split() if OLDER.is_file() else []
    told = {source for text in stories(sys.argv[1]) for source in lines(text)}
    found = {hashlib.sha256(source.encode()).hexdigest()[:SHORT] for source in told}
    OLDER.write_text("\n".join(sorted({*kept, *found})) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
