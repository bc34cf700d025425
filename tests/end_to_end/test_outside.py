"""A beat, a market, a provider, a channel and a report from outside: of a package, or of a desk.

Nothing of reportgen is edited for them. They go on with a version that has other kinds of news.
"""

from __future__ import annotations

import re

import pytest
from outside import BEAT_FILES, CHANNEL, MARKET, PROVIDER, ROOT, Closes, Desk, newer, package

from reportgen.beats.spec import beats
from reportgen.jobs import workspace
from reportgen.sources.providers import registered

WORDS = "templates/story/en/records.j2"


def packaged(tmp_path):
    """A desk without anything of its own, and a package that brings all five."""
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    return Desk(tmp_path / "desk", package(tmp_path / "acme"), report="acme-recap")


def own(tmp_path):
    """A desk that brings all five by files in its folder."""
    desk = Desk(tmp_path / "desk")
    workspace.create(desk.folder, "daily-recap", "desk-recap")
    for name, text in BEAT_FILES.items():
        desk.writes(f"beats/acme_day/{name}", text)
    desk.writes("markets/acme.toml", MARKET)
    desk.writes("providers/acme.py", PROVIDER)
    desk.writes("channels/acme.py", CHANNEL)
    report = desk.folder / "reports" / "desk-recap" / "report.toml"
    report.write_text(report.read_text().replace('market = "us"', 'market = "acme"'))
    return desk


@pytest.fixture(params=[packaged, own], ids=["package", "desk"])
def desk(request, tmp_path):
    """Each of the two in turn, with words for which a person vouches."""
    desk = request.param(tmp_path)
    desk.vouches()
    return desk


@pytest.mark.slow
def test_all_five_are_in_use(desk):
    """The report is made of that market with that news, and its brief goes through that channel."""
    assert f"{desk.report} " in desk.says("list")
    brief = desk.brief()
    assert "NYT" in brief
    assert brief.count("by Acme's count") == 1
    assert "borne out" in desk.says("check", str(desk.place))
    with (desk.folder / "reportgen.toml").open("a") as file:
        file.write('\n[doors.night]\nkind = "acme"\nto = "posted.txt"\n')
    assert "sent" in desk.says("post", f"out/{desk.report}/2025-01-08", "--late")
    assert (desk.folder / "posted.txt").read_text() == f"{desk.report} 2025-01-08\n"


def test_the_doctor_names_all_five(desk):
    """And finds them well."""
    said = desk.says("doctor")
    assert "acme: Acme's market" in said
    assert re.search(r"ok +channels .*acme", said)
    assert re.search(rf"ok +sources +{len(registered()) + 1} providers", said)
    assert re.search(rf"ok +beats +{len(beats()) + 1}\b", said)


def test_its_provider_fills_the_store(desk):
    """By the order that the desk gives."""
    with Closes() as server:
        desk.writes(
            "sources.toml",
            f'[order]\n"^RUT" = ["acme"]\n[base_url]\nacme = "{server.url}"\n',
        )
        said = desk.says("fetch", "^RUT", "--sources", "sources.toml", "--since", "2026-01-02")
    assert "1 series: 1 with " in said
    assert "Acme Data" in desk.says("data", "show", "^RUT")


@pytest.mark.slow
def test_both_go_on_with_a_later_version(desk, tmp_path):
    """In which a kind of news was added, with its words, and another renamed."""
    desk.path[-1] = newer(tmp_path / "newer")
    brief = desk.brief()
    assert brief.startswith("Session of S&P 500 was odd")
    assert brief.count("by Acme's count") == 1
    assert re.search("(?:below|short of) its record close of Dec. 6", brief)
    assert "has no words for it" not in brief


@pytest.mark.slow
def test_words_of_an_older_version_go_on_with_a_later_one(tmp_path):
    """Kinds that a desk's copy of them does not know are named at the foot, and do not lead."""
    desk = own(tmp_path)
    desk.writes(WORDS, (ROOT / WORDS).read_text())
    desk.vouches()
    before = desk.brief()
    desk.path[-1] = newer(tmp_path / "newer")
    brief = desk.brief()
    assert re.match(r"Dow \w+( up)? 0\.3% as Nasdaq is little changed", brief), brief
    assert "Found, but the story has no words for it: odd_session, under_record." in brief
    assert brief.count("by Acme's count") == before.count("by Acme's count") == 1
