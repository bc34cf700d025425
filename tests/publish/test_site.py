"""The archive.

What is in it, what it looks like to a program, and what happens when it grows, changes or is
meddled with.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path, PurePosixPath

import feedparser
import html5lib
import pytest
from archives import copied, resealed, tree, weekdays
from hypothesis import given
from hypothesis import strategies as st
from inprocess import produced

from reportgen.core.errors import DeliveryError, SealError, Unpublishable
from reportgen.files.locks import locked
from reportgen.publish.config import Site
from reportgen.publish.release import approve, finished, hold
from reportgen.publish.site import search
from reportgen.publish.site.build import build, changed, lock_of
from reportgen.publish.site.entries import entry_of
from reportgen.publish.site.pages import SLOTS, Pages, framed, month_of, shared
from reportgen.record.request import Request, load_report
from reportgen.verify import rendered

DAYS = weekdays(dt.date(2024, 12, 26), 14)
URL = "https://desk.example/recaps/"


@pytest.fixture(scope="module")
def out(sample_brief, tmp_path_factory):
    """Fourteen briefs over two years, and one of another report."""
    place = tmp_path_factory.mktemp("archive") / "out"
    for day in DAYS:
        copied(sample_brief.folder, place, day)
    copied(
        sample_brief.folder, place, DAYS[3], report="weekly-recap", title="A week of small moves"
    )
    return place


@pytest.fixture(scope="module")
def site(out):
    """The archive of them."""
    build(out.parent / "site", out, Site(title="Desk & Co.", url=URL))
    return out.parent / "site"


@pytest.fixture
def own(sample_brief, tmp_path):
    """A smaller archive to change.

    The folder of its briefs, that of the site, and a way to build it.
    """
    for day in DAYS[:3]:
        copied(sample_brief.folder, tmp_path / "out", day)

    def made(site=None, **options):
        return build(tmp_path / "site", tmp_path / "out", site or Site(), **options)

    made()
    return tmp_path / "out" / "small-caps", tmp_path / "site", made


def pages(site):
    """The pages of a site, by their path."""
    return {name: data.decode() for name, data in tree(site).items() if name.endswith(".html")}


def test_a_page_in_the_archive_says_what_the_brief_says(site, sample_brief):
    """The check that a finished page has to pass, it passes in its frame too."""
    told = sample_brief.brief
    page = (site / "briefs" / "small-caps" / str(DAYS[0]) / "index.html").read_text()
    assert "Archive" in page
    assert rendered.page(framed(page, dict.fromkeys(SLOTS, "")), told.narrative, told.record) == []


def test_styles_and_scripts_are_there_once(site):
    """No page holds any, and each file is named by what it holds."""
    for name, page in pages(site).items():
        assert "<style" not in page, name
        assert not re.search(r"<script>", page), name
    for file in (site / "assets").iterdir():
        assert file.stem == hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    assert len(list((site / "assets").iterdir())) == 5
    shared = b"".join(file.read_bytes() for file in (site / "assets").iterdir())
    for notice in (b"Redistributions in binary form", b"Mike Bostock", b"IBM Plex. Copyright"):
        assert notice in shared


def test_a_brief_takes_less_than_three_hundred_kilobytes(site):
    """Five hundred of them, with all that leads to them, less than 150 MB."""
    assert sum(map(len, tree(site / "briefs").values())) / (len(DAYS) + 1) < 297_000


def test_the_front_page_is_the_latest_brief_and_the_ten_before(site):
    """In full, at most 150 kB, without its notebook."""
    page = (site / "index.html").read_text()
    assert len(page) <= 150_000
    assert page.count('data-part="body"') >= 8
    assert "cell-number" not in page
    assert page.count("<li><svg") == 10
    assert f'href="briefs/small-caps/{DAYS[-1]}/index.html#cell-' in page


def test_all_links_resolve(site):
    """To a file of the site, and to a place in it where they name one."""
    known = pages(site)
    for name, page in known.items():
        for link in re.findall(r' (?:href|src)="([^"]+)"', page):
            path, _, anchor = unescape(link).partition("#")
            if path.startswith("data:"):
                continue
            if path.startswith(URL):
                path, base = path.removeprefix(URL), PurePosixPath()
            else:
                base = PurePosixPath(name).parent
            target = (site / (base / path if path else PurePosixPath(name))).resolve()
            assert target.is_file(), (name, link)
            if anchor and not name.startswith("compare") and "compare" not in path:
                assert f'id="{anchor}"' in target.read_text(), (name, link)


@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "archive/index.html",
        "compare/index.html",
        "archive/2024/index.html",
        "latest/index.html",
    ],
)
def test_every_kind_of_page_is_valid_html(site, name):
    """A strict parser finds nothing to repair."""
    html5lib.HTMLParser(strict=True).parse((site / name).read_text())


def test_a_framed_brief_is_valid_html(site):
    """The frame breaks nothing."""
    html5lib.HTMLParser(strict=True).parse(
        (site / "briefs" / "small-caps" / str(DAYS[1]) / "index.html").read_text()
    )


def test_the_feed_is_valid_and_its_ids_stay(site, out, tmp_path):
    """A reader who subscribed sees no brief twice when the site's title changes."""
    feed = feedparser.parse((site / "feed.xml").read_bytes())
    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.link for entry in feed.entries][:2] == [
        f"{URL}briefs/small-caps/{day}/index.html" for day in DAYS[:-3:-1]
    ]
    assert all(entry.summary and entry.title and entry.updated_parsed for entry in feed.entries)
    build(tmp_path / "site", out, Site(title="Another", url=URL))
    assert [
        e.id for e in feedparser.parse((tmp_path / "site" / "feed.xml").read_bytes()).entries
    ] == [e.id for e in feed.entries]


def test_the_sitemap_names_every_brief(site):
    """By its address, with its day."""
    text = (site / "sitemap.xml").read_text()
    assert all(
        f"<loc>{URL}briefs/small-caps/{day}/index.html</loc><lastmod>{day}</lastmod>" in text
        for day in DAYS
    )


def test_a_page_of_a_day_without_a_session_leads_to_what_was_known(site):
    """On a Saturday that is Friday's brief; once two reports have told, both."""
    saturday = next(
        day for day in (DAYS[0] + dt.timedelta(days=n) for n in range(7)) if day.weekday() == 5
    )
    page = (site / "as-of" / str(saturday) / "index.html").read_text()
    assert f"url=../../briefs/small-caps/{saturday - dt.timedelta(days=1)}/index.html" in page
    later = (site / "as-of" / str(DAYS[-1]) / "index.html").read_text()
    assert later.count("<h3>") == 2


def test_a_day_of_the_calendar_has_the_change_of_that_day(out):
    """Not that of a week or a month whose review is of the same day.

    And the title is that of the brief whose change it is.
    """
    day = entry_of(finished(out / "small-caps" / str(DAYS[3])), {}, "")
    week = replace(
        day,
        report="weekly-recap",
        title="A week",
        as_of=f"{day.as_of}9",
        window="week",
        quotes=(("^GSPC", "S&P 500", "+9.9%", "gain", ""),),
    )
    cells = [
        next(
            cell
            for row in month_of(DAYS[3].year, DAYS[3].month, entries)["weeks"]
            for cell in row
            if cell and cell.day == DAYS[3]
        )
        for entries in ([day, week], [week], [])
    ]
    assert [(cell.change, cell.shown and cell.shown.title) for cell in cells] == [
        (day.quotes[0][2], day.title),
        ("", "A week"),
        ("", None),
    ]
    assert (day.window, cells[1].depth) == ("day", 0)


def test_a_review_of_a_week_is_known_as_one(alone, tmp_path):
    """By what its own strip tells."""
    request = Request(report=load_report("weekly-recap"), as_of="2025-01-08")
    made = alone(produced, request, tmp_path)
    assert entry_of(finished(Path(made.folder)), {}, "").window == "week"


def test_latest_has_the_newest_files_under_names_that_stay(site, out):
    """For who fetches them every morning."""
    newest = out / "small-caps" / str(DAYS[-1])
    for name in ("brief.pdf", "brief.txt", "brief.json"):
        assert (site / "latest" / name).read_bytes() == (newest / name).read_bytes()
    assert (site / "latest" / "weekly-recap" / "brief.json").is_file()
    packed = site / "briefs" / "small-caps" / str(DAYS[-1]) / "brief.json.gz"
    assert gzip.decompress(packed.read_bytes()) == (newest / "brief.json").read_bytes()


def test_a_build_with_nothing_new_writes_nothing(own):
    """No file has another time."""
    _, site, made = own
    before = {p: p.stat().st_mtime_ns for p in site.rglob("*") if p.is_file()}
    assert made().fresh == []
    assert {p: p.stat().st_mtime_ns for p in site.rglob("*") if p.is_file()} == before


def test_a_new_day_touches_itself_its_neighbour_and_what_leads_to_it(own, sample_brief):
    """The day before the neighbour stays as it is."""
    briefs, site, made = own
    before = tree(site)
    copied(sample_brief.folder, briefs.parent, DAYS[3])
    assert made().fresh == [f"small-caps/{DAYS[3]}"]
    after = tree(site)
    changed = {name for name in after if after[name] != before.get(name)}
    assert {name for name in changed if name.startswith("briefs/")} == {
        f"briefs/small-caps/{DAYS[2]}/index.html",
        *(name for name in after if str(DAYS[3]) in name and name.startswith("briefs/")),
    }
    assert (
        f"small-caps/{DAYS[3]}/index.html"
        in after[f"briefs/small-caps/{DAYS[2]}/index.html"].decode()
    )
    assert "index.html" in changed


def test_a_brief_stays_in_the_archive_when_its_folder_is_gone(own):
    """On a machine of an hour there is only today's."""
    briefs, site, made = own
    shutil.rmtree(briefs / str(DAYS[0]))
    assert made().briefs == 3
    assert (site / "briefs" / "small-caps" / str(DAYS[0]) / "index.html").is_file()


def test_what_a_person_holds_is_taken_out_and_let_in_again(own):
    """Its neighbours lead past it."""
    briefs, site, made = own
    held = briefs / str(DAYS[1])
    hold(finished(held), "A. Editor", "the lead is wrong")
    assert made().gone == [f"small-caps/{DAYS[1]}"]
    assert not (site / "briefs" / "small-caps" / str(DAYS[1])).exists()
    assert not any(f"small-caps/{DAYS[1]}" in page for page in pages(site).values())
    approve(finished(held), "A. Editor", dt.datetime(2025, 1, 9, tzinfo=dt.UTC))
    assert made().fresh == [f"small-caps/{DAYS[1]}"]


def test_a_brief_that_the_gate_holds_stays_as_it_was_shown(own):
    """What lies in its folder is the older one; what was published stays."""
    briefs, _, made = own
    (briefs / str(DAYS[1]) / "gate.txt").unlink()
    (briefs / str(DAYS[1]) / "gate.txt").write_text("VERDICT  HOLD\n")
    resealed(briefs / str(DAYS[1]))
    built = made()
    assert built.briefs == 3
    assert "held by the gate" in built.left_out[f"small-caps/{DAYS[1]}"]


def test_a_file_that_is_not_the_checked_one_is_left_out(sample_brief, tmp_path):
    """And a brief without its record too; with nothing else there is no site."""
    folder = copied(sample_brief.folder, tmp_path / "out", DAYS[0])
    (folder / "brief.json").write_text((folder / "brief.json").read_text() + " ")
    with pytest.raises(SealError, match=r"brief\.json was changed since the brief was sealed"):
        build(tmp_path / "site", tmp_path / "out", Site())
    (folder / "notebook.ipynb").unlink()
    with pytest.raises(DeliveryError, match=r"notebook\.ipynb does not exist"):
        build(tmp_path / "site", tmp_path / "out", Site())


def test_a_desk_may_ask_for_approval_first(sample_brief, tmp_path):
    """What nobody approved is not shown."""
    folders = [copied(sample_brief.folder, tmp_path / "out", day) for day in DAYS[:2]]
    approve(finished(folders[0]), "A. Editor", dt.datetime(2025, 1, 9, tzinfo=dt.UTC))
    built = build(tmp_path / "site", tmp_path / "out", Site(approval=True))
    assert built.fresh == [f"small-caps/{DAYS[0]}"]
    assert "waits for a person" in built.left_out[f"small-caps/{DAYS[1]}"]


def licensed(folder):
    """Let the brief in *folder* rest on a source that may not be published."""
    path = folder / "notebook.ipynb"
    text = path.read_text()
    path.unlink()
    terms = '"restricted": {"simulated closes": "personal use"}'
    path.write_text(text.replace('"restricted": {}', terms))
    resealed(folder)


def test_an_archive_of_which_nothing_may_be_published_names_what_keeps_it_back(
    sample_brief, tmp_path
):
    """Each brief, its source, the terms and the series; it is no fault of the delivery."""
    for day in DAYS[:2]:
        licensed(copied(sample_brief.folder, tmp_path / "out", day))
    words = (
        rf"{DAYS[0]}: simulated closes may not be published \(personal use\): .*\^GSPC.*{DAYS[1]}"
    )
    with pytest.raises(Unpublishable, match=words) as caught:
        build(tmp_path / "site", tmp_path / "out", Site(), publish=True)
    assert caught.value.exit_code == 13
    assert not (tmp_path / "site" / "index.html").exists()


def test_an_archive_that_only_a_person_keeps_back_is_no_matter_of_licences(sample_brief, tmp_path):
    """Not even where they were judged."""
    hold(finished(copied(sample_brief.folder, tmp_path / "out", DAYS[0])), "A. Editor", "wait")
    with pytest.raises(DeliveryError, match="a person holds it") as caught:
        build(tmp_path / "site", tmp_path / "out", Site(), publish=True)
    assert caught.value.exit_code == 7


def test_what_may_not_be_published_is_left_out_of_a_public_archive(own):
    """Its source's licence is in the record."""
    briefs, _, _ = own
    licensed(briefs / str(DAYS[2]))
    place = briefs.parents[1] / "public"
    built = build(place, briefs.parent, Site(), publish=True)
    assert built.briefs == 2
    assert "personal use" in built.left_out[f"small-caps/{DAYS[2]}"]


def test_a_folder_that_holds_something_else_is_not_written_to(own, tmp_path):
    """A slip of the hand costs nobody his files."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(DeliveryError, match="no site and not empty"):
        build(tmp_path / "home", own[0].parent, Site())
    assert tree(tmp_path / "home") == {"letter.txt": b"dear"}


def test_a_build_that_broke_off_is_made_good_by_the_next(own, sample_brief, monkeypatch):
    """What the site knows of itself is written last."""
    briefs, site, made = own
    copied(sample_brief.folder, briefs.parent, DAYS[3])
    with monkeypatch.context() as broken:
        broken.setattr(Pages, "feed", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made()
    assert made().fresh == [f"small-caps/{DAYS[3]}"]
    assert str(DAYS[3]) in (site / "feed.xml").read_text()


def test_two_builds_at_once_do_not_mix(own, monkeypatch):
    """The second says so."""
    _, site, made = own
    monkeypatch.setattr("reportgen.publish.site.build.PATIENCE", 0.1)
    with locked(lock_of(site)), pytest.raises(DeliveryError, match="Another build"):
        made()


def test_a_new_look_frames_every_page_anew(own):
    """Also those whose briefs are gone from where they were made."""
    briefs, site, made = own
    shutil.rmtree(briefs / str(DAYS[0]))
    made(Site(title="The New Desk"))
    assert all("The New Desk" in page for page in pages(site).values())


ATTACKS = [
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "]]></title><x>",
    "<!--/top--><script>",
    "\u2028alert(1)",
    "javascript:alert(1)",
    "&amp;&lt;",
    "../../etc/passwd",
    "');alert(1)//",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_words_of_others_stay_words(sample_brief, tmp_path, attack):
    """In a page, in the feed, and in what the browser searches."""
    copied(sample_brief.folder, tmp_path / "out", DAYS[0], title=f"Stocks {attack} rise")
    copied(sample_brief.folder, tmp_path / "out", DAYS[1])
    build(tmp_path / "site", tmp_path / "out", Site(title=f"Desk {attack}"))
    said = f"Stocks {' '.join(attack.split())} rise".replace("\u2028", " ").replace("  ", " ")
    feed = feedparser.parse((tmp_path / "site" / "feed.xml").read_bytes())
    assert not feed.bozo
    page = html5lib.parse(
        (tmp_path / "site" / "archive" / "index.html").read_text(), namespaceHTMLElements=False
    )
    assert said in [h.find("a").text for h in page.iter("h3")]
    assert len(list(page.iter("script"))) == 1
    code = (tmp_path / "site" / "briefs.js").read_text()
    assert json.loads(code[len("reportgenSite.briefs(") : -3])["entries"][1][3] == said


@given(st.text(max_size=80))
def test_any_title_makes_a_feed_and_a_search(sample_entry, title):
    """Whatever letters it has."""
    import dataclasses

    from reportgen.story.citations import clean

    entry = dataclasses.replace(sample_entry, title=clean(title), lead=clean(title))
    feed = feedparser.parse(Pages(Site(title="x", url=URL), [entry]).feed().encode())
    assert not feed.bozo
    assert json.loads(search.briefs([entry])[len("reportgenSite.briefs(") : -3])["entries"][0][
        3
    ] == clean(title)


@pytest.fixture(scope="module")
def sample_entry(sample_brief):
    """The sample as an archive knows it."""
    return entry_of(finished(sample_brief.folder), {"^RUT": "Russell 2000"}, "")


def test_an_archive_knows_what_a_brief_is_about(sample_entry):
    """Its kind, its lead, its market and its words."""
    assert (sample_entry.kind, sample_entry.report, sample_entry.label) == (
        "Small caps",
        "small-caps",
        "2025-01-08T1300",
    )
    assert sample_entry.lead.startswith("Small-cap stocks")
    assert sample_entry.quotes[0][:2] == ("^RUT", "Russell 2000")
    assert {"correction", "russell", "2000", "^rut".strip("^")} <= set(sample_entry.words.split())


def test_only_briefs_for_everybody_are_found(sample_brief, tmp_path):
    """Neither copies for readers, nor those of another choice of parameters, nor a folder
    of another name.
    """
    first = copied(sample_brief.folder, tmp_path / "out", DAYS[0])
    shutil.copytree(first, first / "recipients" / "ann@example.com")
    shutil.copytree(first, tmp_path / "out" / "months=12" / "small-caps" / str(DAYS[0]))
    shutil.copytree(
        first, tmp_path / "out" / "small-caps" / str(DAYS[1])
    )  # tells of another day than its name
    built = build(tmp_path / "site", tmp_path / "out", Site())
    assert built.fresh == [f"small-caps/{DAYS[0]}"]
    assert "a folder of its own name" in built.left_out[f"small-caps/{DAYS[1]}"]
    assert not [p for p in Path(tmp_path / "site").rglob("*") if "ann" in p.name]


def test_new_rules_are_for_what_is_there_already_too(own):
    """An archive that goes public, or begins to ask for approval, keeps nothing that does
    not keep to it.
    """
    briefs, site, made = own
    approve(finished(briefs / str(DAYS[0])), "A. Editor", dt.datetime(2025, 1, 9, tzinfo=dt.UTC))
    shutil.rmtree(briefs / str(DAYS[2]))
    built = made(Site(approval=True))
    assert built.briefs == 1
    assert sorted(built.gone) == [f"small-caps/{DAYS[1]}", f"small-caps/{DAYS[2]}"]
    assert [p.name for p in (site / "briefs" / "small-caps").iterdir()] == [str(DAYS[0])]


def test_a_correction_that_waits_leaves_the_approved_one_before_it(own):
    """Until somebody has read it."""
    briefs, site, made = own
    for day in DAYS[:3]:
        approve(finished(briefs / str(day)), "A. Editor", dt.datetime(2025, 1, 9, tzinfo=dt.UTC))
    made(Site(approval=True))
    folder = briefs / str(DAYS[2])
    words = (folder / "brief.json").read_text()
    title = " ".join(finished(folder).title.split()[:3])  # "Small caps" and what they do
    (folder / "brief.json").write_text(words.replace(title, "Small caps plunge"))
    resealed(folder)
    assert made(Site(approval=True)).briefs == 3
    assert title in (site / "index.html").read_text()
    assert "Small caps plunge" not in (site / "index.html").read_text()


def test_an_archive_whose_every_brief_is_held_is_empty(sample_brief, tmp_path):
    """And not as it was."""
    folder = copied(sample_brief.folder, tmp_path / "out", DAYS[0])
    build(tmp_path / "site", tmp_path / "out", Site())
    hold(finished(folder), "A. Editor", "wrong")
    built = build(tmp_path / "site", tmp_path / "out", Site())
    assert (built.briefs, built.gone) == (0, [f"small-caps/{DAYS[0]}"])
    assert "There is no brief" in (tmp_path / "site" / "index.html").read_text()
    assert not [
        name
        for name in tree(tmp_path / "site")
        if str(DAYS[0]) in name or name in ("briefs.js", "feed.xml")
    ]


@pytest.mark.parametrize("damage", ["letters", "verdict", "footer"])
def test_one_bad_brief_keeps_nobody_out(own, sample_brief, damage):
    """It is left out, and named."""
    briefs, _, made = own
    folder = copied(sample_brief.folder, briefs.parent, DAYS[3])
    page, document = (
        (folder / "brief.html").read_bytes(),
        json.loads((folder / "brief.json").read_text()),
    )
    (folder / "brief.html").unlink()
    (folder / "brief.html").write_bytes(
        {"letters": page + b"\xff", "footer": page.replace(b"<footer>", b"<footer class=a>")}.get(
            damage, page
        )
    )
    (folder / "brief.json").write_text(
        json.dumps(document | ({"verdict": "perhaps"} if damage == "verdict" else {}))
    )
    resealed(folder)
    built = made()
    assert built.briefs == 3
    assert list(built.left_out) == [f"small-caps/{DAYS[3]}"]


def test_a_page_that_somebody_deleted_comes_back(own):
    """From its folder; where that is gone too, nothing leads to it any more."""
    briefs, site, made = own
    for day in DAYS[1:3]:
        shutil.rmtree(site / "briefs" / "small-caps" / str(day))
    shutil.rmtree(briefs / str(DAYS[1]))
    built = made()
    assert (built.fresh, built.gone) == ([f"small-caps/{DAYS[2]}"], [f"small-caps/{DAYS[1]}"])
    assert not any(f"small-caps/{DAYS[1]}" in page for page in pages(site).values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 1}',
        '{"format": 2, "entries": []}',
        '{"format": 1, "look": "", "rules": "", "files": [], "entries": [{}]}',
    ],
)
def test_a_state_that_can_not_be_read_is_named(own, text):
    """With what to do."""
    _, site, made = own
    (site / "site.json").write_text(text)
    with pytest.raises(DeliveryError, match="build the site again"):
        made()


def test_a_file_that_a_brief_has_no_more_is_gone(own):
    """A PDF that was withdrawn is not to be had, under no name."""
    briefs, site, made = own
    folder = briefs / str(DAYS[2])
    (folder / "brief.pdf").unlink()
    resealed(folder)
    assert made().fresh == [f"small-caps/{DAYS[2]}"]
    assert not [
        name
        for name in tree(site)
        if name.endswith(".pdf") and (str(DAYS[2]) in name or name.startswith("latest"))
    ]


def test_what_others_laid_into_the_site_stays(own, sample_brief):
    """Such as the name of its domain."""
    briefs, site, made = own
    (site / "CNAME").write_text("recaps.example.com")
    made(Site(url=URL))
    assert (site / "sitemap.xml").is_file()
    copied(sample_brief.folder, briefs.parent, DAYS[3])
    made()
    assert (site / "CNAME").is_file()
    assert not (site / "sitemap.xml").exists()


def test_a_first_build_that_broke_off_goes_on(sample_brief, tmp_path, monkeypatch):
    """What it left is a site already."""
    copied(sample_brief.folder, tmp_path / "out", DAYS[0])
    with monkeypatch.context() as broken:
        broken.setattr(Pages, "feed", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build(tmp_path / "site", tmp_path / "out", Site())
    assert build(tmp_path / "site", tmp_path / "out", Site()).briefs == 1


def test_both_briefs_of_a_day_can_be_found(sample_brief, tmp_path):
    """The calendar leads to the day, and the day to both."""
    for label in (f"{DAYS[0]}T1000", f"{DAYS[0]}T1300"):
        folder = copied(sample_brief.folder, tmp_path / "out", label)
        told = json.loads((folder / "brief.json").read_text())
        told |= {"session": str(DAYS[0]), "as_of": f"{DAYS[0]}T{label[-4:-2]}:00:00-05:00"}
        (folder / "brief.json").write_text(json.dumps(told))
        resealed(folder)
    build(tmp_path / "site", tmp_path / "out", Site())
    assert (
        f'href="../as-of/{DAYS[0]}/index.html"'
        in (tmp_path / "site" / "archive" / "index.html").read_text()
    )
    assert (tmp_path / "site" / "as-of" / str(DAYS[0]) / "index.html").read_text().count(
        "<h3>"
    ) == 2


def test_a_correction_is_news_to_readers_of_the_feed(sample_entry):
    """It has a later time than the brief, under the same id."""
    import dataclasses

    first = Pages(Site(url=URL), [sample_entry]).feed()
    again = dataclasses.replace(sample_entry, edition=2, updated="2025-01-09T14:00:00+00:00")
    second = Pages(Site(url=URL), [again]).feed()
    ids, times = (
        [feedparser.parse(text).entries[0][name] for text in (first, second)]
        for name in ("id", "updated")
    )
    assert ids[0] == ids[1]
    assert times[0] < times[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The 10-year Treasury", {"the", "10", "year", "treasury"}),
        ("small-cap S&P 500's", {"small", "cap", "s", "p", "500"}),
        ("rose 0.3% to 5,918.25", {"rose", "0.3", "to", "5918.25"}),
        ("DGS10 BTC-USD ^RUT", {"dgs", "10", "btc", "usd", "rut"}),
    ],
)
def test_words_are_looked_for_as_they_are_kept(text, words):
    """The browser splits a question in the same way."""
    from reportgen.publish.site.entries import words_of

    assert words_of(text) == words


def test_a_control_character_does_not_end_a_feed(sample_brief, tmp_path):
    """Wherever it came from."""
    folder = copied(sample_brief.folder, tmp_path / "out", DAYS[0])
    page = (folder / "brief.html").read_bytes()
    (folder / "brief.html").unlink()
    (folder / "brief.html").write_bytes(
        page.replace(b'data-part="body">', b'data-part="body">Bell \x01 rings ', 1)
    )
    resealed(folder)
    build(tmp_path / "site", tmp_path / "out", Site())
    assert (
        feedparser.parse((tmp_path / "site" / "feed.xml").read_bytes())
        .entries[0]
        .summary.startswith("Bell rings")
    )


def test_a_page_changed_in_the_site_is_made_again(own):
    """Nobody serves or publishes what somebody else wrote into it."""
    _, site, made = own
    page = next((site / "briefs" / "small-caps").iterdir()) / "index.html"
    whole = page.read_bytes()
    page.write_bytes(whole.replace(b"<head>", b"<head><script>document.title='x'</script>"))
    (line,) = changed(site)
    assert f"{page.relative_to(site)} was changed" in line
    made()
    assert (page.read_bytes(), changed(site)) == (whole, [])


def test_a_page_changed_in_the_site_goes_where_its_brief_is_gone(own):
    """There is nothing that proves it."""
    briefs, site, made = own
    folder = min((site / "briefs" / "small-caps").iterdir())
    (folder / "index.html").write_text("S&P 500 soars")
    shutil.rmtree(briefs / folder.name)
    assert f"small-caps/{folder.name}" in made().left_out
    assert not folder.exists()
    assert changed(site) == []


@pytest.mark.parametrize(
    "foreign",
    [
        "<script >alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        '<script type="module">import "x"</script>',
        '<script src="https://evil.example/x.js"></script>',
        '<img src="x" onerror="alert(1)">',
        '<iframe srcdoc="x"></iframe>',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    ],
)
def test_a_script_that_is_not_ours_is_not_published(sample_brief, foreign):
    """However it is written; the page is refused."""
    page = (sample_brief.folder / "brief.html").read_text()
    shared(page)
    with pytest.raises(DeliveryError, match="did not write"):
        shared(page.replace("<main>", f"<main>{foreign}"))
