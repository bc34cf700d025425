"""Stories copied from 0.1.0, with that version's names for families of news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.beats import Beat, Kind

MOVED = {
    "story/ahead.j2": ("story/en/calendar.j2",),
    "story/comparison.j2": ("story/en/group/relative.j2",),
    "story/corners.j2": ("story/en/baskets.j2", "story/en/group/coins.j2"),
    "story/day.j2": ("story/en/group/session.j2",),
    "story/notices.j2": ("story/en/parts/notices.j2",),
    "story/period.j2": ("story/en/period.j2",),
    "story/period/over.j2": ("story/en/period/over.j2",),
    "story/rates.j2": ("story/en/fed.j2", "story/en/group/yields.j2"),
    "story/record.j2": ("story/en/group/records.j2",),
    "story/seasons.j2": ("story/en/seasons.j2",),
    "story/spread.j2": ("story/en/group/relative.j2",),
    "story/streak.j2": ("story/en/group/streaks.j2",),
    "story/superlative.j2": ("story/en/group/superlatives.j2",),
    "story/threshold.j2": ("story/en/group/corrections.j2",),
    "story/voices.j2": ("story/en/parts/voices.j2",),
    "story/recap/apart.j2": ("story/en/relative.j2",),
    "story/recap/before.j2": ("story/en/windows.j2",),
    "story/recap/broad.j2": ("story/en/session.j2",),
    "story/recap/broken.j2": ("story/en/streaks.j2",),
    "story/recap/far.j2": ("story/en/extremes.j2",),
    "story/recap/figures.j2": ("story/en/parts/figures.j2",),
    "story/recap/inside.j2": ("story/en/corrections.j2",),
    "story/recap/line.j2": ("story/en/corrections.j2",),
    "story/recap/milestone.j2": ("story/en/milestones.j2",),
    "story/recap/near.j2": ("story/en/records.j2",),
    "story/recap/pictures.j2": ("story/en/parts/pictures.j2",),
    "story/recap/rates.j2": ("story/en/gauges.j2", "story/en/coins.j2", "story/en/yields.j2"),
    "story/recap/record.j2": ("story/en/records.j2",),
    "story/recap/reversal.j2": ("story/en/reversals.j2",),
    "story/recap/run.j2": ("story/en/streaks.j2",),
    "story/recap/sectors.j2": ("story/en/stocks.j2", "story/en/baskets.j2", "story/en/sectors.j2"),
    "story/recap/since.j2": ("story/en/superlatives.j2",),
    "story/recap/tables.j2": ("story/en/parts/tables.j2",),
    "story/recap/windows.j2": (
        "story/en/seasons.j2",
        "story/en/parts/tables.j2",
        "story/en/windows.j2",
    ),
    "story/recap/words.j2": ("story/en/parts/words.j2",),
    "story/recap/wrap.j2": ("story/en/windows.j2",),
}
"""Templates of 0.1.0, and where their macros are now: stories import them
for one more release.
"""
FAMILIES = {
    "since": ("best_day_since", "worst_day_since"),
    "reversal": ("reversal_up", "reversal_down"),
    "milestone": ("milestone", "milestone_up", "milestone_down"),
    "record": ("record_close",),
    "near": ("near_record", "below_record"),
    "far": ("highest_close_since", "lowest_close_since"),
    "run": ("streak_up", "streak_down"),
    "broken": ("streak_up_ended", "streak_down_ended"),
    "line": ("near_correction", "correction", "near_bear_market", "bear_market"),
    "inside": ("in_correction", "in_bear_market"),
    "apart": ("outperform", "underperform"),
    "before": ("before",),
    "broad": ("broad_up", "broad_down", "mixed", "flat"),
    "wrap": ("week_wrap", "month_wrap", "quarter_wrap", "year_wrap"),
}
OLD_CALENDAR = "XNYS"
"""What 0.1.0 wrote into each report.toml as its calendar, and nothing read."""
NAMES = {kind: name for name, kinds in FAMILIES.items() for kind in kinds}


def known_to_it(beats: Sequence[Beat]) -> list[Beat]:
    """*beats* with only the kinds for which such a story has sentences."""
    return [replace(beat, kinds=_known(beat.kinds)) for beat in beats]


def _known(kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    return {name: kind for name, kind in kinds.items() if name in NAMES}
