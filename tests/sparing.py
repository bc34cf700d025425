"""Matrices of whole briefs: one case in the quick suite, the others in the slow one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def first_quick(cases: Iterable[Any], quick: int = 1) -> list[Any]:
    """*cases* for ``parametrize``: all but the first *quick* of them are slow."""
    listed = list(cases)
    return [*listed[:quick], *(_slow(case) for case in listed[quick:])]


def _slow(case: Any) -> Any:
    if hasattr(case, "marks"):
        return pytest.param(*case.values, marks=[*case.marks, pytest.mark.slow], id=case.id)
    values: Sequence[Any] = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.slow)
