"""What the store knows, written as a dataset.

A folder that any reportgen reads, without DuckDB's file.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from reportgen.config.resources import written
from reportgen.core.checks import Acceptance
from reportgen.datasets.dataset import MEETINGS
from reportgen.sources import store

DESCRIPTION = """
[[files]]
path = "{name}"
role = "{role}"
source = {source}
{more}"""


def give_out(path: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Name and number of rows of each file, as it is written to *folder*.

    The description comes last.
    """
    known = store.last_fetch(path)
    terms = dict(store.restricted(path, known))
    parts = ['name = "Store"']
    for role in store.ROLES:
        rule = store.rules_of(role)
        frame = store.table(path, role, known)
        if frame.empty:
            continue
        tables = [frame]
        if role == "confirmations":
            tables = [rows for _, rows in frame.groupby("source")]
        for place, rows in enumerate(tables):
            name = f"{role}{place or ''}.csv.gz"
            sources = sorted(set(rows["source"]))
            written(
                folder / name,
                gzip.compress(
                    rows.to_csv(index=False, lineterminator="\n").encode(),
                    mtime=0,
                ),
            )
            kept = dict.fromkeys(terms[name] for name in sources if name in terms)
            said = "; ".join(kept)
            keys = rule | ({"terms": said} if said else {})
            more = "".join(_line(key, value) for key, value in keys.items())
            source = json.dumps(" and ".join(sources), ensure_ascii=False)
            parts.append(
                DESCRIPTION.format(
                    name=name,
                    role=role,
                    source=source,
                    more=more,
                )
            )
            yield name, len(rows)
    written(folder / "meetings.csv", MEETINGS.read_bytes())
    parts.append(
        DESCRIPTION.format(
            name="meetings.csv",
            role="meetings",
            source=json.dumps("Federal Reserve calendar"),
            more="",
        )
    )
    accepted = store.accepted(path, known)
    parts += [_accepted(acceptance) for acceptance in accepted]
    written(folder / "dataset.toml", "\n".join(parts).encode())


def _accepted(acceptance: Acceptance) -> str:
    """The lines that let a finding stand."""
    lines = ["", "[[accepted]]"]
    for name in ("symbol", "check", "day", "reason", "person"):
        value = getattr(acceptance, name)
        if name != "day":
            value = json.dumps(value, ensure_ascii=False)
        lines.append(f"{name} = {value}")
    return "\n".join([*lines, ""])


def _line(key: str, value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{name} = {json.dumps(text)}" for name, text in value.items())
        return f"{key} = {{ {', '.join(pairs)} }}\n"
    return f"{key} = {json.dumps(value)}\n"
