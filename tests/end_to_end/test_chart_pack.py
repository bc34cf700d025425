"""The chart pack: from the command line to the finished files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from reportgen.cli import DEGRADED

DATA = Path(__file__).parents[1] / "macro"


def run(apart, out, as_of="2025-01-08", data=DATA):
    """A chart pack of the ten series."""
    given = ("--as-of", as_of, "--data", str(data), "--out", str(out))
    return apart("run", "chart-pack", *given)


def test_a_pack_of_ten_series_is_sent_with_a_chart_and_a_sentence_of_each(apart, tmp_path):
    """All figures are proven; periods are months and quarters, and none is a day."""
    assert run(apart, tmp_path).exit_code == 0
    folder = tmp_path / "chart-pack/2025-01-08"
    told, page = (folder / "brief.txt").read_text(), (folder / "brief.html").read_text()
    assert len(re.findall(r'id="chart-course_|data-chart="course_|course_\w+', page)) >= 10
    assert "Nov. 2024" in told
    assert "Q3 2024" in told
    assert "The next is due on Jan. 10." in told
    assert "the notebook's own" not in (folder / "gate.txt").read_text()
    facts = json.loads((folder / "brief.json").read_text())["facts"].values()
    periods = [fact["value"] for fact in facts if fact["kind"] in ("macro_month", "macro_quarter")]
    assert periods
    assert all(re.fullmatch(r"\d{4}-\d\d", period) for period in periods)


@pytest.mark.slow
def test_a_series_without_figures_is_named(apart, tmp_path):
    """The others are told."""
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    rows = (data / "macro.csv").read_text().splitlines()
    (data / "macro.csv").write_text("\n".join(row for row in rows if "HOUST" not in row))
    assert run(apart, tmp_path, data=data).exit_code == DEGRADED
    told = (tmp_path / "chart-pack/2025-01-08/brief.txt").read_text()
    assert "This brief has a gap: figures (Housing starts)." in told


@pytest.mark.slow
def test_a_pack_of_old_figures_is_held(apart, tmp_path):
    """With the reason."""
    made = run(apart, tmp_path, "2025-03-24")
    assert made.exit_code != 0
    assert "10 of 10 series have no figure, or an old one" in made.output
