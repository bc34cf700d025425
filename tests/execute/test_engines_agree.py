"""The forking engine leaves of every notebook what papermill's own engine leaves.

The end, the outputs, the metadata.
"""

from __future__ import annotations

import sys

import engines
import nbformat
import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere nothing is forked: both engines are the same"
)


USUAL = ("displays", "error", "killed", "streams")
"""Notebooks that do what a report's may do, or end as it may; the others are odd, and slow."""


@pytest.fixture(scope="module")
def stock():
    """Papermill's own engine."""
    engine = engines.Engine("nbclient")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def forking():
    """The engine of this package."""
    engine = engines.Engine("reportgen")
    yield engine
    engine.close()


@pytest.fixture(
    scope="module",
    params=[
        name if name in USUAL else pytest.param(name, marks=pytest.mark.slow)
        for name in engines.NAMES
    ],
)
def runs(request, stock, forking, tmp_path_factory):
    """One notebook run by both: for the stock engine and for ours its
    folder and how its run ended.
    """
    if request.param == "figure":
        pytest.importorskip("matplotlib.font_manager")  # its first import on a machine prints
    folders = [tmp_path_factory.mktemp(engine) / request.param for engine in ("stock", "forking")]
    for engine, folder in zip((stock, forking), folders, strict=True):
        engine.run(request.param, folder)
    return [
        (folder, engine.ended()) for engine, folder in zip((stock, forking), folders, strict=True)
    ]


def test_the_run_ends_alike(runs):
    """Well, or with the same error about the same cell."""
    (_, of_stock), (_, of_ours) = runs
    assert of_ours == of_stock


def test_the_cells_hold_the_same_outputs(runs):
    """Cell by cell, with the same counts."""
    (stock, _), (ours, _) = runs
    assert engines.cells(ours) == engines.cells(stock)


def test_the_metadata_are_the_same(runs):
    """The notebook's and its cells': statuses, times that were taken, language, widgets."""
    (stock, _), (ours, _) = runs
    assert engines.metadata(ours) == engines.metadata(stock)


def test_the_saved_notebooks_are_valid(runs):
    """Whatever ended the run."""
    for folder, _ in runs:
        nbformat.validate(engines.saved(folder))
