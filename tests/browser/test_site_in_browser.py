"""An archive of five hundred briefs in Chromium.

Complete from a folder and below a base path, quick to search, open to everybody.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading

import pytest
from archives import copied, weekdays

from reportgen.publish.config import Site
from reportgen.publish.site.build import build
from reportgen.publish.site.serve import server

pytestmark = pytest.mark.browser

DAYS = weekdays(dt.date(2023, 2, 1), 500)
PAGES = (
    "index.html",
    "archive/index.html",
    "archive/2024/index.html",
    "compare/index.html",
    f"briefs/small-caps/{DAYS[7]}/index.html",
)
VIEWS = {"light": {}, "dark phone": {"width": 380, "dark": True}}
ASK = """(words, symbol) => { const form = document.getElementById('search');
form.words.value = words; form.symbol.value = symbol;
const from = performance.now(); form.dispatchEvent(new Event('input')); document.body.offsetHeight;
return [performance.now() - from, document.getElementById('count').textContent,
        [...document.querySelectorAll('#found h3')].map(h => h.textContent)]; }"""
READY = "!document.getElementById('search').hidden"


@pytest.fixture(scope="module")
def site(sample_brief, tmp_path_factory):
    """Five hundred briefs; one of them has a headline of its own."""
    place = tmp_path_factory.mktemp("archive")
    for number, day in enumerate(DAYS):
        copied(
            sample_brief.folder,
            place / "out",
            day,
            title="Chipmakers rally" if number == 250 else "",
        )
    build(place / "site", place / "out", Site(title="Desk & Co."))
    return place / "site"


@pytest.mark.parametrize("look", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_and_nothing_leaves_the_site(new_page, site, npm, name, look):
    """From a folder: no server, no complaint, no request elsewhere, no sideways scroll."""
    page = new_page(**look).open(site / name)
    page.settle(0.6)
    page.evaluate((npm("axe-core@4") / "axe.min.js").read_text() + ";0")
    found = json.loads(
        page.evaluate(
            "axe.run(document, {preload: false}).then(r => JSON.stringify(r.violations.map(v =>"
            " [v.id, v.nodes.map(n => n.html)])))"
        )
    )
    assert found == []
    assert page.complaints == []
    assert [u for u in page.requests if not u.startswith((site.as_uri() + "/", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_brief_in_the_archive_draws_its_charts(new_page, site):
    """By the script that all of them share."""
    page = new_page().open(site / PAGES[-1])
    assert page.wait(
        "document.querySelectorAll('figure .stage svg').length ==="
        " document.querySelectorAll('figure').length"
    )


COUNT = """(() => {
  const begun = performance.now(); let sum = 0;
  for (let number = 0; number < 2e7; number++) sum += number % 7;
  return sum && performance.now() - begun;
})()"""
"""How many milliseconds a page takes to count to twenty million: about as long as a search may."""


def test_words_are_found_at_once(new_page, site):
    """Five hundred briefs in fifty milliseconds.

    By the beginnings of words, all of them, in any case.
    """
    page = new_page().open(site / "archive/index.html")
    assert page.wait(READY)
    counting = page.evaluate(COUNT)  # on a slow machine, searching may be as slow as counting
    for words, number in (
        ("russell correct", "500 briefs"),
        ("CHIPMAK", "1 brief"),
        ("quantum plunging", "500 briefs"),
        ("xyzzy", "0 briefs"),
        ("10-year", "500 briefs"),
        ("2,225.43", "500 briefs"),
        ("3.35%", "0 briefs"),
        ("rgti", "500 briefs"),
        ("Feb 2023", "20 briefs"),
        ("cap S&P", "500 briefs"),
    ):
        asked = [page.evaluate(f"({ASK})({json.dumps(words)}, '')") for _ in range(3)]
        taken, count, titles = min(asked, key=lambda one: one[0])
        assert count.partition(";")[0] == number, words
        assert len(titles) == min(100, int(number.split()[0]))
        assert taken < max(50, 2 * counting), words


def test_an_instrument_is_found_by_its_name(new_page, site):
    """And nothing asked shows the calendar again."""
    page = new_page().open(site / "archive/index.html")
    assert page.wait(READY)
    options = page.evaluate(
        "[...document.getElementById('search').symbol.options].map(o => [o.value, o.textContent])"
    )
    russell = next(value for value, text in options if text == "Russell 2000 (^RUT)")
    assert page.evaluate(f"({ASK})('', {json.dumps(russell)})")[1].startswith("500")
    page.evaluate(f"({ASK})('', '')")
    assert page.evaluate(
        "!document.getElementById('all').hidden && document.getElementById('found').hidden"
    )


def test_two_days_can_be_compared(new_page, site):
    """The page shows the figures of those that its address names.

    What it does not know it does not load.
    """
    page = new_page().open(
        site / "compare/index.html", f"#small-caps/{DAYS[9]},small-caps/{DAYS[3]}"
    )
    assert page.wait("document.querySelectorAll('.facts tbody tr').length > 40")
    assert page.evaluate("document.querySelector('form').one.value") == f"small-caps/{DAYS[9]}"
    assert page.evaluate("document.querySelectorAll('.facts .other').length") == 0
    other = new_page().open(
        site / "compare/index.html", "#../../../../etc/x,https://evil.example/x"
    )
    other.settle(0.5)
    assert not any(
        word in url.partition("#")[0] for url in other.requests for word in ("evil", "/etc/")
    )
    assert other.complaints == []


def test_without_scripts_the_archive_is_still_there(new_page, site):
    """Calendar and list need none; what needs some is not shown."""
    page = new_page(scripts=False).open(site / "archive/index.html")
    tree = page.call("DOM.getDocument", depth=-1)["root"]
    assert re.search(r"Small caps \w+ closer to a correction", json.dumps(tree))


def test_it_works_below_a_base_path(new_page, site):
    """A server that has it in a folder, as Pages do."""
    with server(site, 0, "desk/recaps") as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.02,))
        thread.start()
        root = f"http://127.0.0.1:{serving.server_port}/desk/recaps/"
        page = new_page(offline=False)
        try:
            for name in ("", *PAGES):
                page.go(root + name)
                page.settle(0.4)
        finally:
            serving.shutdown()
            thread.join()
        assert page.complaints == []
        assert [u for u in page.requests if not u.startswith((root, "data:"))] == []
