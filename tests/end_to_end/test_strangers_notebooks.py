"""Ten shapes of notebooks that know nothing of reportgen: each is told rightly, or refused.

The notebooks ran elsewhere. A page, a PDF, a mail and a text are made of each, and read again.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from stranger_notebooks import code, notebook, png, printed, prose, raised, shows, told

from reportgen.core.errors import EditError, Held
from reportgen.record.edits import Correction, Edits, Quote

NOTE = "Not fact-checked: this brief shows the notebook weekly.ipynb as it ran."
EVERYWHERE = ["html", "eml", "txt", "pdf"]
FRAME = """<div><style scoped>.dataframe tbody tr th { vertical-align: top; }</style>
<table border="1" class="dataframe"><thead>
<tr><th></th><th colspan="2" halign="left">2024</th><th>Note</th></tr>
<tr><th></th><th>Close</th><th>Change</th><th></th></tr>
<tr><th>Ticker</th><th></th><th></th><th></th></tr></thead><tbody>
<tr><th rowspan="2">ABC</th><td>1,234.50</td><td>-1.2%</td><td>fell &amp; rose</td></tr>
<tr><td>99.00</td><td>NaN</td><td></td></tr>
<tr><th>DEF</th><td>7.00</td><td>0.4%</td><td>flat</td></tr></tbody></table>
<p>3 rows \u00d7 3 columns</p></div>"""
LINE = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"day": f"2024-09-{d:02}", "level": d * d % 7} for d in range(1, 20)]},
    "mark": "line",
    "title": "Levels by day",
    "encoding": {
        "x": {"field": "day", "type": "temporal"},
        "y": {"field": "level", "type": "quantitative"},
    },
}
FACETS = {
    "$schema": LINE["$schema"],
    "data": {"values": [{"a": i % 3, "b": i, "kind": "xyz"[i % 3]} for i in range(30)]},
    "facet": {"field": "kind", "type": "nominal"},
    "columns": 2,
    "spec": {
        "width": 200,
        "height": 120,
        "mark": "bar",
        "encoding": {
            "x": {"field": "b", "type": "ordinal"},
            "y": {"field": "a", "type": "quantitative"},
        },
    },
}


def test_markdown_is_told_in_every_form_and_said_to_be_unchecked_once():
    text = (
        "# Weekly *rates*\n\nThe **curve** is [steep](https://example.org/a?b=1&c=2), says `DGS10`.\n\n"
        "## Points\n\n- one\n- two\n  1. inner\n\n3. third\n4. fourth\n\n> Quoted words.\n\n"
        "```python\nx = 1\n```\n\n| a | b |\n|---|--:|\n| x | 1.5 |\n"
    )
    found = told(notebook(prose(text)))
    assert not found.failed
    assert found.brief.verdict == "send"
    assert found.brief.headline == "Weekly rates"
    assert found.says(NOTE) == EVERYWHERE
    assert found.page.count("Not fact-checked") == found.text.count("Not fact-checked") == 1
    for words in ("Points", "one", "inner", "4. fourth", "Quoted words.", "x = 1", "1.5"):
        assert found.says(words) == EVERYWHERE
    assert '<a href="https://example.org/a?b=1&amp;c=2"' in found.page
    assert "<strong>curve</strong>" in found.page
    assert "<code>DGS10</code>" in found.page
    assert json.loads(found.files["brief.json"])["fact_checked"] is False


def test_a_table_of_pandas_keeps_its_figures_and_its_heads():
    found = told(notebook(code("df", shows(html=FRAME, text="..."), tags=["table"])))
    assert not found.failed
    for words in ("1,234.50", "-1.2%", "fell & rose"):
        shown = found.says(words.replace("&", "&amp;"))
        assert set(found.says(words) + shown) == set(EVERYWHERE)
    assert "2024 · Close" in found.page
    assert not found.says("3 rows")
    assert re.search(r"^ABC +1,234\.50 +-1\.2%  fell & rose$", found.text, re.MULTILINE)
    assert re.search(r"^ +99\.00 +NaN$", found.text, re.MULTILINE)


def test_a_long_or_wide_table_is_cut_and_says_by_how_much():
    heads = "".join(f"<th>c{i}</th>" for i in range(40))
    row = "".join(f"<td>{i}</td>" for i in range(40))
    html = f"<table><thead><tr>{heads}</tr></thead><tbody>{f'<tr>{row}</tr>' * 250}</tbody></table>"
    found = told(notebook(code("df", shows(html=html))))
    assert not found.failed
    assert found.says("150 rows more are not shown.") == EVERYWHERE
    assert found.says("20 columns more are not shown.") == EVERYWHERE


def test_pictures_of_matplotlib_are_the_ones_of_the_notebook():
    svg = (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">'
        '<script>alert(1)</script><rect width="50" height="40" onload="alert(2)"/></svg>'
    )
    found = told(
        notebook(
            code("#| fig-cap: Rates of two tenors\nplot()", shows(png=png(), text="<Figure>")),
            code("plot()", shows(svg=svg), tags=["figure"]),
        )
    )
    assert not found.failed
    assert f"data:image/png;base64,{png()}" in found.page
    assert found.says("Rates of two tenors") == EVERYWHERE
    assert len([p for p in found.mail.walk() if p.get_content_type() == "image/png"]) == 2
    assert "alert" not in re.sub(r'src="data:[^"]*"', "", found.page)
    assert "alert" not in found.mail_html


def test_plotly_is_shown_by_its_static_picture_alone():
    figure = {"data": [], "layout": {}}
    still = told(notebook(code("fig", shows(plotly=figure, png=png()))))
    assert not still.failed
    assert still.brief.verdict == "send"
    bare = told(notebook(prose("Words."), code("fig.show()", shows(plotly=figure))))
    assert not bare.failed
    assert bare.brief.verdict == "degraded"
    assert bare.brief.gaps == ("weekly.ipynb, cell 2 (fig.show())",)
    reason = bare.brief.record.gaps[0].reasons[0]
    assert "kaleido" in reason
    assert "pio.renderers.default" in reason
    assert bare.says("Not shown: weekly.ipynb, cell 2 (fig.show()).") == EVERYWHERE


def test_a_widget_is_named_and_a_progress_bar_is_not():
    view = {"model_id": "abc", "version_major": 2, "version_minor": 0}
    found = told(
        notebook(
            prose("Words."),
            code("slider", shows(widget=view, text="IntSlider(value=0)")),
            code("tqdm(rows)", shows(widget=view, text="100%|████| 10/10 [00:01<00:00]")),
        )
    )
    assert not found.failed
    assert found.brief.gaps == ("weekly.ipynb, cell 2 (slider)",)


def test_an_error_holds_the_brief_with_file_and_cell():
    failed = code("1 / 0", raised("ZeroDivisionError", "division by zero"))
    with pytest.raises(Held, match=r"weekly\.ipynb, cell 2 \(1 / 0\): ZeroDivisionError: division"):
        told(notebook(prose("Words."), failed))
    expected = code("1 / 0", raised("ZeroDivisionError", "x"), tags=["raises-exception"])
    assert told(notebook(expected)).says("ZeroDivisionError: x") == EVERYWHERE


def test_a_notebook_that_shows_nothing_is_held():
    with pytest.raises(Held, match="it shows nothing: no text, no table, no picture"):
        told(notebook(code("x = 1"), code("warn()", printed("careful", "stderr"))))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (code("df", shows(html="<table><thead><tr><th>a</th></tr></thead></table>")), "no rows"),
        (code("df", shows(text="Empty DataFrame\nColumns: []")), "no rows"),
        (code("c", shows(chart={**LINE, "data": {"values": []}})), "its chart has no data"),
        (code("plot()", tags=["figure"]), "has the tag 'figure' and shows no figure"),
        (code("plot()", printed("x"), tags=["table"]), "has the tag 'table' and shows no table"),
        (code("plot()", tags=["expect"]), "has the tag 'expect' and shows nothing"),
        (code("c", tags=["figure", "hide-output"]), "has the tag 'figure' and shows no figure"),
    ],
)
def test_a_cell_that_shows_less_than_it_has_to_holds_the_brief(cell, why):
    with pytest.raises(Held, match=rf"weekly\.ipynb, cell 2 \(\w+(?:\(\))?\): .*{why}"):
        told(notebook(prose("Words."), cell))


def test_a_table_may_be_empty_if_its_cell_says_so():
    html = "<table><thead><tr><th>alert</th></tr></thead></table>"
    found = told(notebook(prose("Words."), code("df", shows(html=html), tags=["may-be-empty"])))
    assert not found.failed
    assert found.brief.verdict == "send"


def test_fifty_megabytes_of_print_are_cut_and_say_so():
    line = "x" * 99 + "\n"
    found = told(notebook(code("talk()", printed(line * 500_000))))
    assert not found.failed
    assert found.says("[not shown: 499,800 lines more]") == EVERYWHERE
    assert max(map(len, found.files.values())) < 4_000_000


EVIL = [
    "<script>alert(1)</script>",
    "<img src='https://evil.example/x.png' onerror='alert(1)'>",
    "<iframe src='https://evil.example'></iframe>",
    "<a href='javascript:alert(1)'>click</a>",
    "<p onclick='alert(1)' style='background:url(https://evil.example)'>word</p>",
    "<svg onload='alert(1)'><script>alert(1)</script></svg>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<style>body{background:url(https://evil.example)}</style>",
    "<form action='https://evil.example'><input name=q><button>go</button></form>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "[x](javascript:alert(1)) ![y](https://evil.example/z.png) <jav&#x09;ascript:alert(1)>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<table><tr><td><script>alert(1)</script>cell</td></tr></table>",
    "</article></main><script>alert(1)</script>",
    "<a href='  jAvAsCrIpT:alert(1)'>a</a><a href='data:text/html,<script>alert(1)</script>'>b</a>",
]


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_of_a_notebook_runs_or_loads(evil):
    found = told(notebook(prose(f"Words.\n\n{evil}\n\nMore."), code("h", shows(html=f"{evil}z"))))
    assert not found.failed
    clean = told(notebook(prose("Words.\n\nMore."), code("h", shows(html="z"))))
    for mine, plain in ((found.page, clean.page), (found.mail_html, clean.mail_html)):
        assert mine.count("<script") == plain.count("<script")
        bare = re.sub(r"<(style|script)\b.*?</\1>", "", mine, flags=re.DOTALL)
        tags = re.findall(r"<[a-z][^>]*>", bare)
        assert not [tag for tag in tags if re.search(r"\son\w+\s*=|javascript:|evil\.example", tag)]
        assert not re.findall(r"<(?:iframe|form|link|object|embed|button|input)\b", bare)
        assert found.says("More.") == EVERYWHERE


def test_formulas_are_shown_as_they_are_written():
    text = "Risk is $\\sigma_a^2 < 3$ here.\n\n$$\nE = m c^2\n$$\n"
    found = told(notebook(prose(text), code("m", shows(latex="$\\frac{a}{b}$", text="<M>"))))
    assert not found.failed
    assert "E = m c^2" in found.text
    assert found.says("E = m c^2") == EVERYWHERE
    assert found.says("$\\frac{a}{b}$") == EVERYWHERE
    assert "\\sigma_a^2 &lt; 3" in found.page


def test_a_notebook_of_another_language_that_ran_is_told():
    about = {
        "kernelspec": {"name": "ir", "language": "R", "display_name": "R"},
        "language_info": {"name": "R", "version": "4.3"},
    }
    html = (
        "<table><thead><tr><th>mpg</th></tr></thead><tbody><tr><td>21.0</td></tr></tbody></table>"
    )
    found = told(notebook(prose("# Cars"), code("head(mtcars)", shows(html=html)), **about))
    assert not found.failed
    assert found.says("21.0") == EVERYWHERE


@pytest.mark.parametrize("spec", [LINE, FACETS], ids=["line", "facets"])
def test_a_chart_of_altair_is_drawn_here(spec):
    found = told(notebook(code("chart", shows(chart=spec, text="alt.Chart(...)"), tags=["figure"])))
    assert not found.failed
    assert len(found.brief.images) == 1
    assert '<img src="data:image/png;base64,' in found.page


def test_a_chart_in_altairs_own_script_is_drawn_here():
    html = (
        '<div id="altair-viz"></div><script>(function(spec, embedOpt){ vegaEmbed("#x", spec); })('
        f'{json.dumps(LINE)}, {{"mode": "vega-lite"}});</script>'
    )
    found = told(notebook(code("chart", shows(html=html, text="alt.Chart(...)"))))
    assert not found.failed
    assert found.says("Figure 1: Levels by day") == ["html", "eml", "txt"]


def test_a_chart_that_reads_a_url_is_named():
    spec = {**LINE, "data": {"url": "https://example.org/data.json"}}
    found = told(notebook(prose("Words."), code("chart", shows(chart=spec))))
    assert found.brief.verdict == "degraded"
    assert "loads data or pictures from a URL" in found.brief.record.gaps[0].reasons[0]


@pytest.mark.parametrize(
    ("inside", "loads"),
    [
        ('<image href="https://evil.example/x.png"/>', True),
        ("<image xlink:href='file:///etc/hosts'/>", True),
        ("<image href=../x.png />", True),
        ('<image href="&#104;ttps://evil.example"/>', True),
        ('<image href="data:image/svg+xml;base64,AA=="/>', True),
        ("<style>@import 'https://evil.example/a.css';</style>", True),
        ('<rect fill="url(https://evil.example/a.svg#b)"/>', True),
        ('<use xlink:href="#a"/>', False),
        (f'<image href="data:image/png;base64,{png()}"/>', False),
        ('<g clip-path="url(#a)"/>', False),
        ("<style>*{stroke-linejoin: round}</style><!-- a comment -->", False),
    ],
)
def test_a_drawing_that_loads_something_is_named(inside, loads):
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    svg = f'<svg {space} width="20" height="10">{inside}</svg>'
    found = told(notebook(prose("Words."), code("plot", shows(svg=svg))))
    assert not found.failed
    assert found.brief.verdict == ("degraded" if loads else "send")
    assert len(found.brief.images) == (not loads)


def test_glued_values_are_a_table_and_stand_in_the_data():
    scrap = {"name": "spread", "data": 0.34, "encoder": "json", "version": 1}
    rows = {"name": "rows", "data": [1, float("nan")], "encoder": "json", "version": 1}
    found = told(notebook(prose("Words."), code("glue", shows(scrap=scrap), shows(scrap=rows))))
    assert not found.failed
    assert found.says("spread") == found.says("0.34") == EVERYWHERE
    document = json.loads(found.files["brief.json"])
    schema = Path(__file__).parents[2] / "docs" / "reference" / "brief.schema.json"
    jsonschema.validate(document, json.loads(schema.read_text()))
    assert document["values"] == {"spread": 0.34, "rows": [1, None]}


def test_tags_of_jupyter_book_hide_cells_and_outputs():
    found = told(
        notebook(
            prose("Words."),
            prose("Gone prose.", tags=["remove-cell"]),
            code("a", printed("gone print"), tags=["remove_cell"]),
            code("b", printed("hidden print"), tags=["hide-output"]),
            code("#| include: false\nc", printed("excluded print")),
            code("d = secret()", printed("shown print")),
            code("e = open_code()", printed("other print"), tags=["show-input"]),
        )
    )
    assert not found.failed
    for words in ("Gone prose", "gone print", "hidden print", "excluded print", "secret"):
        assert not found.says(words)
    for words in ("shown print", "other print", "e = open_code()"):
        assert found.says(words) == EVERYWHERE


def test_pictograms_and_colours_of_a_terminal_are_left_out():
    found = told(
        notebook(
            prose("# \U0001f4c8 Rates ▲\n\nUp \u2191."),
            code("p", printed("\x1b[31mRUBY\x1b[0m\rnew")),
        )
    )
    assert not found.failed
    assert found.brief.headline == "Rates ▲"
    assert found.says("Up \u2191.") == EVERYWHERE
    assert not found.says("RUBY")
    assert found.says("new") == EVERYWHERE


def test_a_front_matter_gives_the_title_and_is_not_shown():
    found = told(notebook(prose("---\ntitle: A quarto note\nformat: html\n---\n\nWords.")))
    assert found.brief.headline == "A quarto note"
    assert not found.says("format: html")


def test_a_title_that_is_too_long_is_cut_and_stands_whole_below():
    long = "The week in rates, currencies and commodities, with positions and flows of all desks"
    found = told(notebook(prose(f"# {long}\n\nWords.")))
    assert not found.failed
    assert found.brief.headline == "The week in rates, currencies and commodities, with positions"
    assert found.says(long) == EVERYWHERE


def test_a_person_may_correct_it_and_give_it_a_headline():
    found = notebook(prose("# Rates\n\nWords."))
    edits = Edits(correction=Correction(edition=2, why="A yield was wrong."))
    found.metadata["reportgen"] = {"edits": edits.payload()}
    corrected = told(found)
    assert not corrected.failed
    assert corrected.mail["Subject"] == "Correction: Rates"
    assert corrected.says("Correction, edition 2: A yield was wrong.") == EVERYWHERE
    found.metadata["reportgen"] = {"edits": Edits(headline="Yields rise").payload()}
    headed = told(found)
    assert not headed.failed
    assert headed.brief.headline == "Yields rise"


def test_a_quote_has_no_place_in_a_notebook():
    found = notebook(prose("# Rates\n\nWords."))
    quote = Quote(author="Jane Doe, strategist", text="Rates are high.", source="a call")
    found.metadata["reportgen"] = {"edits": Edits(quote=(quote,)).payload()}
    with pytest.raises(EditError, match="write it into a cell of the notebook"):
        told(found)
