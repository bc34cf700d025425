"""Rows of a file of prints that cannot be what they say, each with its line and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from reportgen.datasets import delimited

if TYPE_CHECKING:
    from reportgen.datasets.dataset import DataFile

STAGES = ("advance", "second", "third", "preliminary", "final")
"""The stages of a figure that is told more than once, in the order in which they come."""
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d\d)?|\d{4}Q[1-4]")
FIGURES = ("previous", "previous_first", "earlier", "consensus")
"""The columns of figures that a row may leave empty."""
NONE = "-"
"""What a row has in place of the figure of a period that was never published."""


def refuse(file: DataFile, frame: pd.DataFrame) -> None:
    """Refuse the first row of *frame* that is off.

    Args:
        file: The file, for its path and its lines.
        frame: Its rows; the index is the place of each.

    Raises:
        BadData: With the line and what to write there.
    """
    delimited.refuse_first(file, _faults(frame))


def _faults(frame: pd.DataFrame) -> Iterator[tuple[int, str]]:
    for place, row in zip(frame.index, frame.to_dict("records"), strict=True):
        yield from ((int(place), why) for why in _objections(row))


def _objections(row: Mapping[Any, Any]) -> Iterator[str]:
    """Why a row is off."""
    period, stage = _text(row, "period"), _text(row, "stage")
    if not PERIOD.fullmatch(period):
        yield (
            f"'{period}' is no month; write one such as 2025-01, a quarter such as 2024Q4, or the"
            " last day of a week"
        )
    if stage and stage not in STAGES:
        yield f"'{stage}' is no stage; write one of {', '.join(STAGES)}, or nothing"
    if not _text(row, "actual"):
        yield (
            "the row has no actual; write the figure as published, - for one that was never"
            " published, or leave the row out"
        )
    for name in ("actual", *FIGURES):
        told = _text(row, name)
        if name == "actual" and told == NONE:
            continue
        if told and not _is_number(told):
            yield (
                f"{name} is '{told}', which is no number; write it without its unit, such as"
                " 256000 or 0.3"
            )
    if _text(row, "consensus") and not _text(row, "poll"):
        yield (
            "the consensus has no poll; write who asked economists in the column poll, or leave"
            " the consensus out"
        )
    if _text(row, "previous_first") and not _text(row, "previous"):
        yield (
            "previous_first has no previous beside it; write the figure of the period before as"
            " it is known now"
        )


def published(frame: pd.DataFrame, none: pd.Series) -> pd.DataFrame:
    """The rows of *frame* with a figure.

    ``attrs["unpublished"]`` names the periods of the others, as in a store.

    Args:
        frame: All rows, with their times.
        none: Which of them say that there is no figure.
    """
    empty = frame[none]
    known = empty["released_at"]
    if "known_at" in empty:
        known = known.fillna(empty["known_at"])
    rows = zip(empty["series"], empty["period"], known, strict=True)
    found = frame[~none].reset_index(drop=True)
    found.attrs["unpublished"] = [row for row in rows if not pd.isna(row[2])]
    return found


def _text(row: Mapping[Any, Any], name: str) -> str:
    told = row.get(name)
    return "" if told is None or pd.isna(told) else str(told).strip()


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False
