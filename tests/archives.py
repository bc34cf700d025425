"""Many finished briefs out of one: the sample's, as if it had been made on other days."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Sequence
from pathlib import Path

from reportgen.config.sealing import Sealing
from reportgen.verify.seal import SEAL, digest, seal_of

DAY = "2025-01-08"


def copied(
    sample: Path, out: Path, day: dt.date | str, title: str = "", report: str = "small-caps"
) -> Path:
    """The folder below *out* of a copy of the brief in *sample* that tells of *day*.

    Files that do not change are linked.
    """
    folder = out / report / str(day)
    folder.mkdir(parents=True)
    for file in sample.iterdir():
        if file.name != "brief.json":
            os.link(file, folder / file.name)
    told = json.loads((sample / "brief.json").read_text())
    told |= {
        "session": str(day),
        "as_of": told["as_of"].replace(DAY, str(day)),
        "report": report,
        "title": title or told["title"],
    }
    (folder / "brief.json").write_text(json.dumps(told))
    resealed(folder)
    return folder


def resealed(folder: Path) -> None:
    """Seal the brief in *folder* anew, as who holds no key can.

    Its record knows the files as they are now.
    """
    path = folder / "notebook.ipynb"
    notebook = json.loads(path.read_text())
    sealed = [*folder.glob("brief.*"), *folder.glob("gate.txt"), *folder.glob("edits.toml")]
    notebook["metadata"]["reportgen"]["files"] = {p.name: digest(p.read_bytes()) for p in sealed}
    path.unlink()
    path.write_text(json.dumps(notebook))
    (folder / SEAL).unlink(missing_ok=True)
    (folder / SEAL).write_bytes(seal_of(path.read_bytes(), Sealing()))


def weekdays(first: dt.date, number: int) -> Sequence[dt.date]:
    """*number* days from *first* on that are no weekend's."""
    days = (first + dt.timedelta(days=n) for n in range(2 * number))
    return [day for day in days if day.weekday() < 5][:number]


def tree(place: Path) -> dict[str, bytes]:
    """Every file below *place* with what it holds."""
    return {
        p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()
    }
