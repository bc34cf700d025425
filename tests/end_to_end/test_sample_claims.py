"""The sample brief of 8 January 2025, 1 p.m., tells everything that a good newsroom told of
that hour."""

from __future__ import annotations

from pathlib import Path

import pytest
from told import Told, tell, words

ARTICLE = Path(__file__).parents[3] / "shared" / "seed" / "article.txt"


@pytest.fixture(scope="module")
def brief() -> Told:
    """The composed brief."""
    return tell("2025-01-08 13:00")


def test_s1_small_caps_come_closer_to_a_correction_and_are_not_alone(brief):
    """The fall from the high deepened, and another speculative trade is in worse trouble."""
    assert brief.value("rut.drawdown_from_high") == pytest.approx(-0.0887, abs=5e-5)
    assert brief.record.facts["rut.drawdown_from_high.before"].number == pytest.approx(
        -0.0787, abs=5e-5
    )
    assert "closer to a correction" in brief.title
    assert "they are not alone: quantum-computing stocks" in brief.body


def test_s2_the_day_change_and_the_level(brief):
    """2,225.43, down just over 1%."""
    assert brief.value("rut.level") == 2225.43
    assert brief.value("rut.pct_change") == pytest.approx(-0.0108, abs=5e-5)
    assert "down just over 1% at 2,225.43" in brief.body


def test_s3_the_start_of_the_year_is_weak(brief):
    """A gain for the year turned into a loss, while the S&P 500 is up."""
    assert brief.value("rut.ytd_change") == pytest.approx(-0.0021, abs=5e-5)
    assert "a loss of 0.2%" in brief.body
    assert brief.value("spx.ytd_change") > 0


def test_s4_a_correction_is_defined_where_it_is_first_told(brief):
    """10% below a recent high, at 2,197.83, 1.2% further down."""
    assert (
        "A correction, a fall of 10% from a recent high, would begin at 2,197.83, 1.2% lower."
        in brief.body
    )
    assert brief.value("rut.correction.level") == pytest.approx(2197.83, abs=0.005)


def test_s5_the_picture_is_a_six_month_mountain_with_its_high_and_its_line(brief):
    """The area chart runs from 8 July and labels the high, the correction and the last point."""
    picture = next(p for p in brief.story.pictures if p.name == "mountain")
    assert set(picture.labels) >= {"high", "threshold", "last"}
    values = brief.record.charts["mountain"]["spec"]["datasets"]["path"]
    assert (values[0]["date"], values[-1]["date"]) == ("2024-07-08", "2025-01-08")


def test_s6_the_year_before_gained_10_percent(brief):
    """2024 as a price return, never as a total return."""
    assert brief.value("rut.year_change.2024") == pytest.approx(0.1002, abs=5e-5)
    assert "gained 10% in 2024" in brief.body


def test_s7_what_the_election_brought_is_gone_again(brief):
    """+5.8% on the day after, 89% of the year's gain by the high,
    and below the election-day close now."""
    assert brief.value("rut.event.next_day") == pytest.approx(0.0584, abs=5e-5)
    assert brief.value("rut.event.share_of_gain") == pytest.approx(0.89, abs=0.005)
    assert brief.value("rut.event.change") == pytest.approx(-0.0157, abs=5e-5)
    assert "given back all it gained since the election" in brief.text


def test_s8_the_fed_had_cut_three_times_by_a_point_in_all(brief):
    """5.25%-5.50% became 4.25%-4.50% between September and December."""
    assert brief.value("fed.target_changes") == 3
    assert brief.value("fed.target_change_bp") == pytest.approx(-0.01)
    assert (
        "three times between September and December, by one percentage point altogether, to"
        " 4.25%-4.50%" in brief.body
    )


def test_s9_a_strategist_s_call_after_the_election_is_attributed_and_dated(brief):
    """Name, title, firm, medium and month."""
    assert (
        "Tom Lee, Fundstrat's head of research, told CNBC in November that he expected small caps"
        in brief.body
    )


def test_s10_november_was_the_best_month_with_nearly_11_percent(brief):
    """+10.84%, the first of twelve."""
    assert brief.value("rut.month_change.2024-11") == pytest.approx(0.1084, abs=5e-5)
    assert "November alone worth nearly 11%, its best month of the year" in brief.body


def test_s11_december_lost_more_than_8_percent(brief):
    """-8.40%, the worst month of the year."""
    assert brief.value("rut.month_change.2024-12") == pytest.approx(-0.0840, abs=5e-5)
    assert "December took back more than 8%, the worst month of the year" in brief.body


def test_s12_the_s_and_p_500_was_far_ahead_with_23_percent(brief):
    """A gap of 13 percentage points."""
    assert brief.value("spx.year_change.2024") == pytest.approx(0.2331, abs=5e-5)
    assert brief.value("rut.outperform.spx.2024") == pytest.approx(-0.133, abs=5e-4)
    assert "23% in 2024, a lead of 13 percentage points over small caps" in brief.body


def test_s13_a_strategist_s_note_on_rates_is_told_beside_the_rates(brief):
    """The voice follows the paragraph on the Fed, with name, title, firm and month."""
    rates, voice = (
        brief.body.index("Fed funds futures imply"),
        brief.body.index("Jill Carey Hall, Bank of America's head of"),
    )
    assert 0 < voice - rates < 250
    assert "refinance" in brief.body


def test_s14_futures_give_more_than_95_percent_for_no_change(brief):
    """95.7% on the marks of 7 January."""
    assert brief.value("fed.fed_probability.hold") == pytest.approx(0.957, abs=5e-4)
    assert (
        "a chance of more than 95% that the central bank leaves rates unchanged at its Jan. 28-29"
        " meeting" in brief.body
    )


def test_s15_mid_caps_did_better_and_a_strategist_says_why(brief):
    """The mid-cap fund's year, and the note on earnings and on politics."""
    assert brief.value("mid.year_change.2024") == pytest.approx(0.123, abs=5e-4)
    assert "Mid caps did better" in brief.body
    assert "mid-size companies are the better place to be in 2025" in brief.body


def test_s16_other_speculative_corners_are_in_trouble(brief):
    """Quantum stocks plunged, bitcoin trades at about $94,000."""
    assert brief.value("quantum.pct_change") < -0.3
    assert "Quantum-computing stocks plunged" in brief.body
    assert "Bitcoin trades at about $94,000" in brief.body


def test_the_story_runs_to_between_350_and_650_words(brief):
    """Long enough to tell it, short enough to read."""
    assert 350 <= len(brief.body.split()) <= 650


def test_no_nine_words_in_a_row_are_the_article_s(brief):
    """Facts are free, sentences are not."""
    if not ARTICLE.is_file():
        pytest.skip("the article does not lie beside the checkout")
    article, own = words(ARTICLE.read_text()), words(brief.text)
    shingles = {tuple(article[i : i + 9]) for i in range(len(article) - 8)}
    assert not shingles & {tuple(own[i : i + 9]) for i in range(len(own) - 8)}


def test_the_headline_is_short_and_the_key_points_repeat_nothing(brief):
    """At most 70 characters, at most one number, three points, no sentence twice."""
    assert len(brief.title) <= 70
    assert len(brief.story.key_points) == 3
    lines = [line for line in brief.text.splitlines() if len(line) > 40]
    points = lines[: len(brief.story.key_points)]
    assert not set(points) & set(lines[len(points) + 4 :]) or len(set(lines)) >= len(lines) - 2


def test_the_fact_check_passes(brief):
    """Every word that claims something is borne out."""
    assert brief.failed() == []
