"""The page in Chromium with the network refused: it is complete, it reacts,
and nobody is shut out."""

from __future__ import annotations

import json
import re

import pytest

pytestmark = pytest.mark.browser

FIGURES = "[...document.querySelectorAll('figure')].map(f => f.id)"
VIEWS = {
    "light": {},
    "dark": {"dark": True},
    "phone": {"width": 380},
    "dark phone": {"width": 380, "dark": True},
}
WORDS = (
    "[...document.querySelectorAll('[data-part]')].map(e => [e.dataset.part, e.innerText,"
    " e.checkVisibility()])"
)
COLOURS = (
    "(s => [s.color,"
    " getComputedStyle(document.body).backgroundColor])"
    "(getComputedStyle(document.querySelector('h1')))"
)
BROKEN = (
    "Object.defineProperty(window, 'vegaEmbed', {set() { throw new Error('the bundle is broken');"
    " }});"
)
REFUSING = (
    "Object.defineProperty(window, 'vegaEmbed', {value: () => Promise.reject(new Error('no')),"
    " writable: false});"
)
LINK = "article a.fact"


@pytest.fixture
def claims(folder):
    return json.loads((folder / "brief.json").read_text())["claims"]


def shown(page, selector):
    """The SVG elements of *selector* that are seen, with the words in them."""
    return page.evaluate(
        f"[...document.querySelectorAll('{selector}')].filter(s => s.checkVisibility() &&"
        " s.getBoundingClientRect().height > 40).map(s => [...s.querySelectorAll('text')].map(t =>"
        " t.textContent).filter(t => t.trim()).sort())"
    )


@pytest.mark.parametrize("look", VIEWS.values(), ids=VIEWS)
def test_nothing_is_fetched_and_nothing_complains(new_page, html, look):
    """The file itself and what it embeds is all that is asked for.

    Console, policy and scripts are silent.
    """
    page = new_page(**look).open(html)
    page.settle()
    assert [url for url in page.requests if not url.startswith("data:")] == [
        html.resolve().as_uri()
    ]
    assert page.complaints == []


@pytest.mark.parametrize("look", VIEWS.values(), ids=VIEWS)
def test_every_chart_is_drawn_by_its_script_with_the_words_of_its_fallback(new_page, html, look):
    """The live chart takes the place of the drawn one and says the same."""
    live = new_page(**look).open(html)
    drawn = new_page(**look, scripts=False).open(html)
    assert len(shown(live, ".chart .stage svg")) == len(live.evaluate(FIGURES)) >= 3
    assert (
        shown(live, ".chart svg") == shown(live, ".chart .stage svg") == shown(drawn, ".chart svg")
    )


def test_every_chart_shows_a_tooltip_with_a_figure_under_the_mouse(new_page, html):
    """Moving over a chart finds a mark that tells its value."""
    page = new_page().open(html)
    for figure in page.evaluate(FIGURES):
        page.middle(f"#{figure} .stage svg")
        box = f"document.querySelector('#{figure} .stage svg').getBoundingClientRect()"
        left, top, width, height = page.evaluate(
            f"(r => [r.left, r.top, r.width, r.height])({box})"
        )
        told = set()
        for x, y in ((i, j) for i in range(3, 20, 2) for j in range(1, 20, 3)):
            page.mouse(left + width * x / 20, top + height * y / 20)
            told.add(
                page.evaluate(
                    "(t => t?.classList.contains('visible') ? t.innerText :"
                    " '')(document.getElementById('vg-tooltip-element'))"
                )
            )
            if any(map(re.compile(r"\d").search, told)):
                break
        assert any(re.search(r"\d", text) for text in told), f"{figure} shows no tooltip"
    assert page.complaints == []


def tooltips(page, zone):
    """What the tooltips of all charts say under the pointer to a reader in a time zone."""
    page.call("Emulation.setTimezoneOverride", timezoneId=zone)
    told = []
    for figure in page.evaluate(FIGURES):
        page.middle(f"#{figure} .stage svg")
        box = f"document.querySelector('#{figure} .stage svg').getBoundingClientRect()"
        left, top, width, height = page.evaluate(
            f"(r => [r.left, r.top, r.width, r.height])({box})"
        )
        for share in (0.15, 0.3, 0.5, 0.7, 0.85):
            page.mouse(left + width * share, top + height / 2)
            page.settle(0.1)
            told.append(page.evaluate("document.querySelector('#vg-tooltip-element')?.innerText"))
    return told


def test_a_tooltip_tells_the_same_session_in_every_time_zone(new_page, html):
    """The day of the axis, and the instrument by its name."""
    zones = ("UTC", "America/New_York", "Asia/Tokyo", "Pacific/Honolulu")
    told = {}
    for zone in zones:
        page = new_page()
        page.call("Emulation.setTimezoneOverride", timezoneId=zone)
        told[zone] = tooltips(page.open(html), zone)
    assert any(re.search(r"\d", text or "") for text in told["UTC"])
    assert all(told[zone] == told["UTC"] for zone in zones)
    assert not any("undefined" in (text or "") for text in told["UTC"])


def test_a_tooltip_stays_inside_the_window_and_leaves_with_the_mouse(new_page, html):
    """At the edge of a phone's chart it is not cut, and it does not stay behind."""
    page = new_page(width=380).open(html)
    x, y = page.middle("#figure-mountain .stage svg")
    for place in (x, x + 100, x + 150):
        page.mouse(place, y)
        page.settle(0.05)
        assert page.evaluate(
            "(r => r.left >= 0 && r.right <="
            " innerWidth)(document.getElementById('vg-tooltip-element').getBoundingClientRect())"
        )
    page.mouse(5, 5)
    assert page.wait("!document.querySelector('#vg-tooltip-element.visible')")


@pytest.mark.parametrize("look", VIEWS.values(), ids=VIEWS)
def test_axe_finds_no_violation_with_the_appendix_closed_or_open(new_page, html, npm, look):
    """WCAG 2.0 to 2.2, levels A and AA, and best practice."""
    page = new_page(**look).open(html)
    assert shown(page, ".stage svg")
    page.evaluate((npm("axe-core@4") / "axe.min.js").read_text() + ";0")
    for is_open in ("false", "true"):
        page.evaluate(f"document.getElementById('appendix').open = {is_open}")
        found = page.evaluate(
            "axe.run(document).then(r => r.violations.map(v => [v.id, v.nodes.length,"
            " v.nodes[0].html, v.nodes[0].failureSummary]))"
        )
        assert found == [], json.dumps(found, indent=1)


@pytest.mark.parametrize("width", [320, 380, 500, 641, 768, 1000, 1600])
def test_nothing_scrolls_sideways(new_page, html, width):
    """Neither the page nor its appendix is wider than the window; nothing sticks out."""
    page = new_page(width=width).open(html)
    page.evaluate("document.getElementById('appendix').open = true")
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    wide = (
        "[...document.querySelectorAll('main *, footer > p')].filter(e => !e.closest('svg') &&"
        " e.getBoundingClientRect().right > innerWidth + 0.5).length"
    )
    assert page.evaluate(wide) == 0


@pytest.mark.parametrize("width", [380, 1000])
def test_no_word_of_a_chart_is_cut_or_printed_over_another(new_page, html, width):
    """Labels lie inside their figure's column, well apart; a label's own halo does not count."""
    page = new_page(width=width).open(html)
    page.evaluate(
        "window.labels = f => [...f.querySelectorAll('.stage svg text')]"
        ".filter(t => t.textContent.trim() && t.checkVisibility({opacityProperty: true}))"
        ".map(t => ({t: t.textContent, r: t.getBoundingClientRect()}))"
    )
    cut = (
        "[...document.querySelectorAll('figure')].flatMap(f => { const box ="
        " f.getBoundingClientRect(); return labels(f).filter(l => l.r.left < box.left - 1 ||"
        " l.r.right > box.right + 1).map(l => [f.id, l.t]); })"
    )
    over = (
        "[...document.querySelectorAll('figure')].flatMap(f => labels(f).flatMap((a, i, all) =>"
        " all.slice(i + 1).filter(b => a.t !== b.t && Math.min(a.r.right, b.r.right) -"
        " Math.max(a.r.left, b.r.left) > -2.5 && Math.min(a.r.bottom, b.r.bottom) -"
        " Math.max(a.r.top, b.r.top) > 4).map(b => [f.id, a.t, b.t])))"
    )
    assert page.evaluate(cut) == []
    assert page.evaluate(over) == []


@pytest.mark.parametrize("width", [380, 1000])
def test_the_words_of_a_chart_are_large_enough_to_read(new_page, html, width):
    """No label is drawn below eleven pixels once the chart has its size."""
    page = new_page(width=width).open(html)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.stage svg')].filter(s => s.checkVisibility()).flatMap(s =>"
        " { const scale = s.getBoundingClientRect().width / s.viewBox.baseVal.width; return"
        " [...s.querySelectorAll('text')].map(t => scale *"
        " parseFloat(getComputedStyle(t).fontSize)); })"
    )
    assert min(sizes) >= 10.9


def test_without_scripts_the_page_is_complete(new_page, html, claims):
    """Every line is visible, every chart is drawn, every claim can be read,
    and a figure still opens its cell."""
    page = new_page(scripts=False).open(html)
    lines = page.evaluate(WORDS)
    read = " ".join(" ".join(text for _, text, _ in lines).split())
    assert all(visible for _, _, visible in lines)
    assert all(c["text"] in read for c in claims if c["where"] != "caption")
    assert len(shown(page, ".chart svg")) == len(page.evaluate(FIGURES))
    target = page.evaluate(f"document.querySelector('{LINK}').hash")
    page.open(html, target)
    assert page.wait(f"document.querySelector('{target}').checkVisibility()")


@pytest.mark.parametrize("script", [BROKEN, REFUSING], ids=["throws", "refuses"])
def test_the_drawn_charts_stay_when_the_bundle_fails(new_page, html, script):
    """A chart that cannot be made live stays as it was drawn."""
    page = new_page()
    page.before_load(script)
    page.open(html)
    assert page.complaints
    assert len(shown(page, ".chart svg")) == len(page.evaluate(FIGURES))
    assert shown(page, ".stage svg") == []


@pytest.mark.parametrize("script", [BROKEN, REFUSING], ids=["throws", "refuses"])
def test_figures_tell_their_origin_even_when_the_bundle_fails(new_page, html, script):
    """The figures do not depend on the charts."""
    page = new_page()
    page.before_load(script)
    page.open(html)
    page.mouse(*page.middle(LINK))
    assert page.wait("!document.getElementById('origin').hidden", 1)


def test_every_cited_figure_leads_to_a_cell_that_is_there(new_page, html, claims):
    """The link, the cell it names and the value behind the words agree with brief.json."""
    page = new_page().open(html)
    links = page.evaluate(
        "[...document.querySelectorAll('a.fact')].map(a => [a.hash,"
        " document.querySelectorAll(a.hash).length, a.querySelector('data').dataset.fact])"
    )
    cells = {c["fact"]: c["cell"] for c in claims}
    assert len(links) >= 20
    assert {count for _, count, _ in links} == {1}
    assert all(hash == f"#cell-{cells[fact]}" for hash, _, fact in links if fact in cells)
    assert page.evaluate(
        "(ids => ids.length === new Set(ids).size)([...document.querySelectorAll('[id]')].map(e =>"
        " e.id))"
    )


def test_hovering_over_a_figure_shows_its_value_and_source(new_page, html):
    """The origin names the unrounded value, the window, the source and the time,
    inside the window."""
    page = new_page().open(html)
    page.mouse(*page.middle(LINK))
    assert page.wait("!document.getElementById('origin').hidden")
    value, told = page.evaluate(
        f"[document.querySelector('{LINK} data').value,"
        " document.getElementById('origin').innerText]"
    )
    assert f"{abs(float(value)) * 100:.8g}%" in told
    assert "as of" in told
    page.mouse(2, 2)
    assert page.wait("document.getElementById('origin').hidden")


@pytest.mark.parametrize("width", [380, 1000])
def test_the_keyboard_reaches_every_figure_and_its_origin_fits_the_window(new_page, html, width):
    """Focus shows the origin beside each link, none of it beyond the window's sides.

    Escape hides it.
    """
    page = new_page(width=width).open(html)
    outside = page.evaluate(
        "[...document.querySelectorAll('a.fact')].filter(a => { a.focus({preventScroll: true});"
        " const r = document.getElementById('origin').getBoundingClientRect();"
        " return r.width < 80 || r.left < 0 || r.right > innerWidth; }).map(a => a.innerText)"
    )
    assert outside == []
    page.call("Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape")
    assert page.wait("document.getElementById('origin').hidden")


def test_clicking_a_figure_opens_the_appendix_at_its_cell(new_page, html):
    """The closed appendix opens, and the cell is in sight."""
    page = new_page().open(html)
    target = page.evaluate(f"document.querySelector('{LINK}').hash")
    page.mouse(*page.middle(LINK), click=True)
    assert page.wait(f"location.hash === '{target}' && document.getElementById('appendix').open")
    assert page.wait(
        "(r => r.top > -2 && r.top <"
        f" innerHeight)(document.querySelector('{target}').getBoundingClientRect())"
    )


def test_an_address_with_a_cell_opens_the_appendix(new_page, html):
    """A link that a reader sends to another leads to the same cell."""
    page = new_page().open(html)
    target = page.evaluate(f"document.querySelector('{LINK}').hash")
    other = new_page().open(html, target)
    assert other.wait("document.getElementById('appendix').open")
    assert other.wait(
        "(r => r.top > -2 && r.top <"
        f" innerHeight)(document.querySelector('{target}').getBoundingClientRect())"
    )


def test_a_tap_shows_the_origin_first_and_a_second_one_follows_the_link(new_page, html):
    """A finger cannot hover: the first tap stays where it is."""
    page = new_page(width=380, touch=True).open(html)
    place = page.middle(LINK)
    page.tap(*place)
    assert page.evaluate("[document.getElementById('origin').hidden, location.hash]") == [False, ""]
    page.tap(*place)
    assert page.wait(
        "location.hash.startsWith('#cell-') && document.getElementById('appendix').open"
    )


def test_a_page_made_narrow_draws_its_narrow_charts_and_keeps_them(new_page, html):
    """Turning a phone draws the other variant, once."""
    page = new_page().open(html)
    for width, size in ((380, "narrow"), (1000, "wide"), (380, "narrow")):
        page.emulate(width)
        assert page.wait(
            f"document.querySelectorAll('.{size} .stage svg').length ==="
            " document.querySelectorAll('figure').length"
        )
        assert (
            len(shown(page, f".{size} .stage svg"))
            == len(shown(page, ".chart svg"))
            == len(page.evaluate(FIGURES))
        )
    assert page.complaints == []


def test_dark_is_dark_and_its_charts_are_too(new_page, html):
    """The ground turns dark, the letters light, and no mark keeps a colour of the light theme."""
    page = new_page(dark=True).open(html)
    assert page.evaluate(COLOURS) == ["rgb(233, 236, 239)", "rgb(16, 20, 24)"]
    used = page.evaluate(
        "[...new Set([...document.querySelectorAll('.stage svg *')].filter(e =>"
        " /path|text|line|rect|circle/.test(e.localName)).flatMap(e => (s => [s.fill,"
        " s.stroke])(getComputedStyle(e))))]"
    )
    light = page.evaluate(
        "[...new Set([...document.querySelectorAll('.stage svg *')].flatMap(e =>"
        " [e.getAttribute('fill'), e.getAttribute('stroke')]))]"
    )
    kept = {
        "rgb({}, {}, {})".format(*bytes.fromhex(c[1:])) for c in light if c and c.startswith("#")
    } & set(used)
    assert kept == set()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_paper_the_appendix_is_gone_and_the_ground_is_white(new_page, html, dark):
    """What is printed is the brief, in the light theme, with every chart."""
    page = new_page(dark=dark, paper=True).open(html)
    assert page.evaluate("document.getElementById('appendix').checkVisibility()") is False
    assert page.evaluate(COLOURS) == ["rgb(22, 25, 29)", "rgb(255, 255, 255)"]
    assert len(shown(page, ".chart svg")) == len(page.evaluate(FIGURES))
    assert all(visible for _, _, visible in page.evaluate(WORDS))


@pytest.mark.parametrize("width", [380, 1000])
def test_a_live_chart_is_laid_out_in_the_font_of_the_page(new_page, html, width):
    """It is drawn once the fonts are there.

    Measured in another face, its plot begins elsewhere than that of the fallback.
    """
    begins = (
        "[...document.querySelectorAll('.chart svg')].filter(s => s.checkVisibility())"
        ".map(s => parseFloat(s.querySelector('g[transform]').getAttribute('transform').slice(10)))"
    )
    live = new_page(width=width).open(html).evaluate(begins)
    drawn = new_page(width=width, scripts=False).open(html).evaluate(begins)
    assert live == pytest.approx(drawn, abs=2.5)


def test_the_fonts_of_the_page_are_its_own(new_page, html):
    """Story and figures are set in the embedded faces; no other file is asked for."""
    page = new_page().open(html)
    faces = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"',"
        " ''))"
    )
    assert {"IBM Plex Serif", "IBM Plex Sans"} <= set(faces)
