"""What a finding does: it keeps a series out, unless a person has accepted it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.core.checks import CHECKS, Acceptance, Defect
from reportgen.core.errors import BadData, InvalidParameter, did_you_mean
from reportgen.sources import store
from reportgen.sources.providers.contract import Reply

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def accepted_by(defect: Defect, accepted: Collection[Acceptance]) -> Acceptance | None:
    """The one of *accepted* that lets *defect* stand; None where nobody does."""
    return next((one for one in accepted if one.covers(defect)), None)


def kept_out(
    defects: Sequence[Defect],
    accepted: Collection[Acceptance],
    needed: Collection[str] = (),
    place: Callable[[Defect], str] = lambda _: "",
) -> list[Defect]:
    """Those of *defects* that keep a series out: they block, and no acceptance covers them.

    Args:
        defects: What the checks found.
        accepted: What persons let stand.
        needed: Symbols without which there is no brief.
        place: The file and the line of a finding, in words.

    Raises:
        BadData: One is of a *needed* symbol.
    """
    blocking = [one for one in defects if one.severity == "block"]
    out = [one for one in blocking if accepted_by(one, accepted) is None]
    for defect in out:
        if defect.symbol in needed:
            at = place(defect)
            raise BadData(
                f"{defect}{f', in {at}' if at else ''}. Correct the data, or accept it with a"
                " reason: reportgen data accept.",
                subject=defect.symbol,
            )
    return out


def accept(path: Path, acceptance: Acceptance, at: dt.datetime) -> None:
    """Keep *acceptance* in the store at *path*.

    Raises:
        InvalidParameter: The check is unknown or no reason is given.
    """
    _refuse(acceptance)
    with store.writing(path) as connection:
        keep(connection, acceptance, at)


def keep(connection: DuckDBPyConnection, acceptance: Acceptance, at: dt.datetime) -> None:
    """Keep *acceptance* in the store that is being written."""
    said = Reply(
        url=f"person:{acceptance.person}", status=200, at=at, body=acceptance.reason.encode()
    )
    known = store.Fetched(
        provider="person",
        source=acceptance.person,
        terms="",
        role="acceptance",
        symbol=acceptance.symbol,
        replies=(said,),
        rows=(),
    )
    names = ("symbol", "check", "day", "reason", "person")
    told = [getattr(acceptance, name) for name in names]
    connection.execute(
        "INSERT INTO acceptances VALUES (?, ?, ?, ?, ?, ?, ?)",
        [store.register(connection, known), store.naive(at), *told],
    )


def accept_in(folder: Path, acceptance: Acceptance) -> None:
    """Write *acceptance* into the dataset.toml of *folder*.

    What else it holds, comments too, stays.
    """
    import tomlkit

    from reportgen.datasets.dataset import open_dataset
    from reportgen.files.outputs import LocalFolder

    _refuse(acceptance)
    open_dataset(folder)  # refuses a description that cannot be read
    file = folder / "dataset.toml"
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    listed = document.setdefault("accepted", tomlkit.aot())
    listed.append(tomlkit.item(asdict(acceptance)))
    LocalFolder(folder).write({file.name: tomlkit.dumps(document).encode()})


def _refuse(acceptance: Acceptance) -> None:
    """Raise InvalidParameter for an unknown check or a missing reason."""
    if acceptance.check not in CHECKS:
        hint = did_you_mean(acceptance.check, CHECKS)
        raise InvalidParameter(
            f"There is no check '{acceptance.check}'.{hint}",
            subject=acceptance.check,
        )
    if not acceptance.reason.strip():
        raise InvalidParameter(
            "Say why the finding may stand: --reason TEXT.",
            subject="reason",
        )
