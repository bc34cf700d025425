"""The page as a file: alone, sealed by its own policy, and truthful in every value it carries."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from reportgen.config.resources import tokens
from reportgen.produce.telling import read_notebook, tell
from reportgen.rendering import page

LINKS = (
    "src",
    "href",
    "srcset",
    "poster",
    "action",
    "formaction",
    "data",
    "xlink:href",
    "background",
    "cite",
    "ping",
)


class Reader(HTMLParser):
    """The tags of a page in order, and the text of its styles and scripts."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.cdata_elem:
            self.texts.append((*self.tags[-1], data))

    def all(self, tag):
        return [given for name, given in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(sample_brief):
    return (sample_brief.folder / "brief.html").read_bytes().decode()


@pytest.fixture(scope="module")
def read(html):
    return Reader(html)


@pytest.fixture(scope="module")
def policy(read):
    found = next(
        m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    return {name: values for name, *values in (part.split() for part in found.split(";"))}


def test_the_page_fetches_nothing(html, read):
    """No address in a link or a style leads out of the file."""
    fetched = [given[name] for _, given in read.tags for name in LINKS if given.get(name)]
    fetched += [
        u
        for tag, _, text in read.texts
        if tag == "style"
        for u in re.findall(r"url\(([^)]*)\)", text)
    ]
    fetched += re.findall(r'style="[^"]*url\(([^)]*)\)', html)
    assert [u[:60] for u in fetched if not u.startswith(("#", "data:", "url(#"))] == []
    assert not re.search(r"@import", "".join(text for tag, _, text in read.texts if tag == "style"))
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in read.tags}


def test_the_policy_names_every_style_and_script_by_its_hash(read, policy):
    """What the browser hashes is what the policy allows, to the byte."""
    for tag, given, text in read.texts:
        if tag in ("style", "script") and given.get("type") != "application/json":
            allowed = policy[f"{tag}-src"]
            assert (
                f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
                in allowed
            ), tag


def test_the_policy_allows_nothing_else(read, policy):
    """No source but the file, nothing unsafe, and no attribute that the policy would refuse."""
    assert policy["default-src"] == ["'none'"]
    assert not {
        v for values in policy.values() for v in values if "unsafe" in v or "http" in v or v == "*"
    }
    assert policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert [
        (tag, name)
        for tag, given in read.tags
        for name in given
        if name == "style" or name.startswith("on")
    ] == []


def test_every_value_behind_a_figure_is_its_fact(read, sample_brief):
    """The machine-readable value is the recorded one, unrounded."""
    facts = sample_brief.brief.record.facts
    found = [(d["data-fact"], d["value"]) for d in read.all("data")]
    assert len(found) > 50
    assert [(fact, value) for fact, value in found if value != str(facts[fact].value)] == []


def month_day(text):
    """The day of an as-of, as a reader writes it."""
    at = dt.datetime.fromisoformat(text)
    return f"{at:%b} {at.day}, {at.year}"


def test_every_figure_with_a_link_says_its_origin(read, sample_brief):
    """Value, window, source and as-of are all within reach."""
    facts = sample_brief.brief.record.facts
    links = [
        (given, read.tags[i + 1][1])
        for i, (tag, given) in enumerate(read.tags)
        if tag == "a" and given.get("class") == "fact"
    ]
    assert len(links) >= 20
    for link, data in links:
        fact = facts[data["data-fact"]]
        assert link["href"] == f"#cell-{fact.cell}"
        assert all(
            word in link["data-origin"]
            for word in (
                fact.window,
                fact.source,
                f"as of {month_day(fact.as_of)}",
                f"cell {fact.cell}",
            )
        )


def test_every_id_is_used_once_and_every_fragment_leads_somewhere(html, read):
    """Links, labels and clip paths find exactly one target."""
    ids = [given["id"] for _, given in read.tags if "id" in given]
    assert len(ids) == len(set(ids))
    drawn = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    wanted = {
        given["href"][1:] for _, given in read.tags if given.get("href", "").startswith("#")
    } | set(re.findall(r"url\(#([^)]+)\)", drawn))
    assert wanted <= set(ids)


def test_the_pictures_use_colours_of_the_look_only(sample_brief):
    """A colour outside the tokens would stay light on the dark page."""
    known = {c.upper() for c in tokens()["light"].values()}
    for name, drawn in sample_brief.brief.svgs.items():
        for svg in drawn.values():
            used = {c.upper() for c in re.findall(r'(?:fill|stroke|stop-color)="(#?\w+)"', svg)} - {
                "NONE",
                "TRANSPARENT",
            }
            assert used <= known, name


def test_the_page_is_small_enough_to_send(html):
    """Fonts, script and pictures included, a page is at most two megabytes, and its own
    part is at most half of one.
    """
    own = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", html, flags=re.DOTALL)
    assert len(html.encode()) <= 2_000_000
    assert len(own.encode()) <= 500_000


def test_the_appendix_shows_the_code_as_it_ran(sample_brief, html):
    """Each cell is there in order, its lines unchanged, blank ones too; no
    path of this machine is.
    """
    cells = [c for c in sample_brief.brief.notebook["cells"] if c["cell_type"] == "code"]
    shown = re.findall(r'<div[^>]*class="code".*?<pre>(.*?)</pre>', html, re.DOTALL)
    assert [unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in shown] == [
        c["source"].strip() for c in cells
    ]
    assert str(sample_brief.folder.parents[1]) not in html
    assert "Traceback" not in html


def test_the_page_has_one_headline_a_title_and_a_language(read, html):
    """What a reader by ear meets first."""
    assert html[: html.index("</main>")].count("<h1") == 1
    assert read.all("html") == [{"lang": "en-US"}]
    assert {"viewport", "description", "color-scheme"} <= {m.get("name") for m in read.all("meta")}


def test_a_hostile_word_stays_a_word(sample_brief, html):
    """Markup in a source is shown, in the story, in the data of a chart and in the appendix."""
    notebook = json.loads(
        (sample_brief.folder / "notebook.ipynb")
        .read_text()
        .replace("Rigetti Computing", "</script><script>alert(1)</script><!--")
    )
    told = page.render(tell(notebook)).data.decode()
    assert "<script>alert" not in told
    assert told.count("<script") == html.count("<script")
    assert told.count("<!--") == html.count("<!--") == 0


def test_rendering_the_saved_notebook_again_gives_the_same_page(sample_brief, html):
    """The notebook is the brief's whole memory."""
    assert (
        page.render(tell(read_notebook(sample_brief.folder / "notebook.ipynb"))).data.decode()
        == html
    )
