"""What the store knows, written as a dataset: a folder that any reportgen reads, without DuckDB's file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from reportgen.data import store
from reportgen.data.dataset import MEETINGS
from reportgen.resources import written

DESCRIPTION = """
[[files]]
path = "{name}"
role = "{role}"
source = {source}
{more}"""


def give_out(path: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Name and number of rows of each file, as it is written to *folder*; the description comes last."""
    known = store.last_fetch(path)
    parts = ['name = "Store"']
    for role, rule in store.ROLES.items():
        frame = store.table(path, role, known)
        if frame.empty:
            continue
        name = f"{role}.csv.gz"
        sources = " and ".join(sorted(set(frame["source"]))) if "source" in frame else "public calendar"
        written(folder / name, gzip.compress(frame.to_csv(index=False, lineterminator="\n").encode(), mtime=0))
        more = "".join(_line(key, value) for key, value in rule.items())
        parts.append(DESCRIPTION.format(name=name, role=role, source=json.dumps(sources, ensure_ascii=False), more=more))
        yield name, len(frame)
    written(folder / "meetings.csv", MEETINGS.read_bytes())
    parts.append(DESCRIPTION.format(name="meetings.csv", role="meetings", source=json.dumps("Federal Reserve calendar"), more=""))
    written(folder / "dataset.toml", "\n".join(parts).encode())


def _line(key: str, value: object) -> str:
    if isinstance(value, dict):
        return f"{key} = {{ {', '.join(f'{name} = {json.dumps(text)}' for name, text in value.items())} }}\n"
    return f"{key} = {json.dumps(value)}\n"
