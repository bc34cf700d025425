"""Oil may settle below zero, as on April 20, 2020: its level is told, and no change across it."""

from __future__ import annotations

import gzip
import re
import shutil

import pytest

from reportgen.config.resources import SAMPLE


@pytest.fixture
def brief(tmp_path, apart):
    """``brief(report, day, as_of)`` is the text of a brief, with oil at -37.63 on *day*."""

    def make(report, day, as_of):
        copy = shutil.copytree(SAMPLE, tmp_path / "dataset")
        file = copy / "daily.csv.gz"
        rows = gzip.decompress(file.read_bytes()).decode().splitlines()
        below = [f"{day},CL=F,-37.63" if row.startswith(f"{day},CL=F") else row for row in rows]
        assert below != rows
        file.write_bytes(gzip.compress("\n".join(below).encode(), 1))
        args = ["--as-of", as_of, "--data", str(copy), "--out", str(tmp_path / "out")]
        result = apart("run", report, *args, "--format", "txt")
        assert result.exit_code in (0, 8), result.stderr
        (found,) = (tmp_path / "out").rglob("brief.txt")
        text = " ".join(found.read_text().split())
        assert not {"nan", "inf"} & set(text.lower().split())
        return text

    return make


def test_a_settlement_below_zero_is_told_with_its_minus(brief):
    """Without a per cent change, which means nothing."""
    text = brief("daily-recap", "2025-01-07", "2025-01-07")
    assert "U.S. crude oil ended at \u2212$37.63 a barrel." in text
    assert "(U.S. crude)" not in text


@pytest.mark.slow
def test_the_day_after_tells_the_level_alone(brief):
    """The change from a price below zero means nothing either."""
    text = brief("daily-recap", "2025-01-06", "2025-01-07")
    assert "U.S. crude oil ended at $" in text
    assert "37.63" not in text


@pytest.mark.slow
def test_later_days_tell_changes_again(brief):
    """And what is usual is taken from the other days."""
    text = brief("daily-recap", "2025-01-02", "2025-01-07")
    assert "U.S. crude $74.25 \u22121.3%" in text
    sentence = r"1\.3% took U\.S\. crude oil to|U\.S\. crude oil [^;]{0,40}1\.3%"
    assert re.search(sentence, text), text


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2024-12-27", "2025-01-03"])
def test_a_week_from_or_to_a_price_below_zero_is_a_gap(brief, day):
    """Which names oil alone."""
    text = brief("weekly-recap", day, "2025-01-03")
    assert "volatility, oil and gold (U.S. crude)" in text
