"""Markdown and HTML of a notebook read as blocks of words, and all that is left out of them.

A block is written in one line: "## " before a heading, "* " before an item at each depth, "> "
before a quote, "| " between the cells of a table. Words have their mark and address in brackets.
"""

import pytest

from reportgen.story.citations import NOTEBOOK, cite, text_of
from reportgen.story.markup import blocks_of, blocks_of_markdown, plain, words
from reportgen.story.model import Grid, Heading, Item, Paragraph, Verbatim

FRAME = """<div><style scoped>.dataframe tbody tr th { vertical-align: top; }</style>
<table border="1" class="dataframe"><thead>
<tr style="text-align: right;"><th></th><th colspan="2" halign="left">2024</th><th>Note</th></tr>
<tr><th></th><th>Close</th><th>Change</th><th></th></tr></thead><tbody>
<tr><th rowspan="2">ABC</th><td>1,234.50</td><td>-1.2%</td><td>fell &amp; rose</td></tr>
<tr><td>99.00</td><td>NaN</td><td></td></tr>
<tr><th>DEF</th><td>$7.00</td><td>0.4%</td><td>flat</td></tr></tbody></table>
<p>SIZE</p></div>"""
"""A table as pandas writes it, with a head of two lines and an index of two."""
BODY = ["ABC | 1,234.50 | -1.2% | fell & rose", " | 99.00 | NaN | ", "DEF | $7.00 | 0.4% | flat"]


def run_shown(run):
    """A run with its mark and its address: "curve[strong https://example.org]"."""
    form = " ".join(filter(None, (run.mark, run.link)))
    return f"{run.text}[{form}]" if form else run.text


def shown(block):
    """A *block* in one line; a table in one a row."""
    if isinstance(block, Verbatim):
        return f"```{block.text}"
    if isinstance(block, Grid):
        lines = [" | ".join("".join(map(run_shown, cell)) for cell in row) for row in block.lines]
        return "\n".join(lines)
    text = "".join(map(run_shown, block.runs))
    if isinstance(block, Heading):
        return f"{'#' * block.level} {text}"
    if isinstance(block, Item):
        return f"{'  ' * block.depth}{'* ' if block.bullet else ''}{text}"
    assert isinstance(block, Paragraph)
    return f"{'> ' if block.voice else ''}{text}"


MARKDOWN = [
    ("# A *b*\n\n## C\n\n###### D", ["## A b[em]", "## C", "#### D"]),
    ("- one\n  - two\n    1. three\n- four", ["* one", "  * two", "    1. three", "* four"]),
    ("3. c\n4. d", ["3. c", "4. d"]),
    ("- first\n\n  second\n- b", ["* first", "second", "* b"]),
    ("- [x] done\n- [ ] open", ["* [x] done", "* [ ] open"]),
    ("> Quoted.\n\nPlain.", ["> Quoted.", "Plain."]),
    ("**b** *e* `c` <kbd>k</kbd>", ["b[strong] e[em] c[code] k[code]"]),
    ("***both***", ["both[strong]"]),
    ("```python\nx\n\ty\n```", ["```x\n    y"]),
    ("![alt](x.png) and ![](y.png)", ["[alt] and"]),
    ("In $a^2$ and\n\n$$\nx = 1\n$$", ["In a^2[code] and", "```x = 1"]),
    ("a\\*b &amp; &lt;c&gt;", ["a*b & <c>"]),
    ("one  \ntwo\nthree", ["one two three"]),
    ("line\n\n---\n\nafter", ["line", "after"]),
    ("~~gone~~ left", ["gone left"]),
    ("Term\n: Its meaning", ["Term", "Its meaning"]),
    ("| a | b |\n|---|--:|\n| x | 1.5 |", ["a | b\nx | 1.5"]),
    ("", []),
]
LINKS = [
    ("[t](https://e.org/a?b=1&c=2)", "t[https://e.org/a?b=1&c=2]"),
    ("[t](http://e.org)", "t[http://e.org]"),
    ("[m](mailto:a@b.org)", "m[mailto:a@b.org]"),
    ("see https://e.org/x", "see https://e.org/x[https://e.org/x]"),
    ("[**t**](https://e.org)", "t[strong https://e.org]"),
    ("[j](javascript:alert(1))", "j"),
    ("[r]: javascript:x\n\n[go][r]", "go"),
    ("[f](file:///etc/passwd)", "f"),
    ("[d](data:text/html,x)", "d"),
    ("[h](#below) [p](other.ipynb)", "h p"),
    ("<a href=' java\nscript:x'>y</a>", "y"),
    ("<a href='JaVaScRiPt:x'>y</a>", "y"),
    ("<a href='http://[bad'>y</a>", "y"),
    ("<a>y</a>", "y"),
]
HOSTILE = [
    ("<script>alert(1)</script>Left<iframe src=x>no</iframe> here", ["Left here"]),
    ("<style><b>x</style>y", ["y"]),
    ("<script>open", []),
    ("<p/>x<svg><text>no</text><br><img alt=no></svg><svg/>y", ["xy"]),
    ("<math><mi>x</mi></math>z", ["z"]),
    ("<!-- no -->w<?php x ?>v", ["wv"]),
    ("<img alt='<b>x</b>' src=x onerror=alert(1)>", ["[<b>x</b>]"]),
    ("<p onclick=alert(1) style='x'>a</p><p>b</b></p>", ["a", "b"]),
    (
        "<textarea>no</textarea><form><input type=checkbox checked>y<input value=v></form>",
        ["[x] y"],
    ),
    ("<td>stray</td>", ["stray"]),
    ("<li>loose", ["* loose"]),
    ("</ul></blockquote></table></a>x", ["x"]),
    ("<ol start=5><li>a<li>b</ol>", ["5. a", "6. b"]),
    ("<ol start=x><li><p>a</p></ol>", ["1. a"]),
    ("<blockquote><p>q</p></blockquote></blockquote>r", ["> q", "r"]),
    ("<details><summary>More</summary>Inner</details>", ["More", "Inner"]),
    ("x<hr>y<br>z</br></td>", ["x", "y z"]),
    ("<pre>a<br>  b\n\n</pre><pre> </pre>", ["```a\n  b"]),
    ("<pre>open", ["```open"]),
    ("<ul>" * 9 + "<li>deep", ["        * deep"]),
]
TABLES = [
    ("<tr><th>A<th colspan=2>B</tr><tr><td>x<td>1<td>2", ["A | B | \nx | 1 | 2"]),
    ("<tr><td rowspan=2>x<td>1<tr><td>2", ["x | 1\n | 2"]),
    ("<tr><td>a<td rowspan=2>b<tr><td>c", ["a | b\nc | "]),
    ("<tr><td>a<td>b<tr><td>c", ["a | b\nc | "]),
    ("<td>a<td>b", ["a | b"]),
    ("<tr><td>a<br>b</td> lost <td><img alt=pic>", ["a b | [pic]"]),
    ("<tr><td><table><tr><td>in</table>out", ["in", "out"]),
    ("<tr><td><h1>h</h1><ul><li>i</ul><hr><a href=https://e.org>l</a>", ["hil"]),
    ("<thead><tr><th>A<tbody><tr><td>1<tfoot><tr><th>sum", ["A\n1\nsum"]),
    (
        "<thead><tr rowspan=2><th rowspan=2>A<th>B<tr><th>C<tbody><tr><td>1<td>2",
        ["A | B · C\n1 | 2"],
    ),
    ("<tr><th>only", ["only"]),
    ("", []),
    ("<tr><td></td><td> </td></tr>", []),
    ("<tr><td colspan=0>a<td colspan=x>b", ["a | b"]),
]

FIGURES = (
    *("1", "1,234.5", "-3", "\u22123", "(4)", "$5", "6%", "7 bp", "1e-5", "NaN", "2.5x", "+1.5pp"),
    *("€3", "\u2013", "…", "3bn"),
)


@pytest.mark.parametrize(("source", "blocks"), MARKDOWN)
def test_markdown_is_read_as_headings_lists_quotes_code_and_words(source, blocks):
    """A heading is of level 2 to 4; what follows in an item has no bullet of its own."""
    assert [*map(shown, blocks_of_markdown(source))] == blocks


@pytest.mark.parametrize(("source", "line"), LINKS)
def test_a_link_leads_to_the_web_or_a_mailbox_and_nowhere_else(source, line):
    """Of others the words stay."""
    assert [*map(shown, blocks_of_markdown(source))] == [line]


@pytest.mark.parametrize(("source", "blocks"), HOSTILE)
def test_html_keeps_its_words_and_loses_what_runs_loads_or_is_broken(source, blocks):
    """No tag and no attribute is left, whatever is open or closed twice."""
    assert [*map(shown, blocks_of(source))] == blocks


@pytest.mark.parametrize(("rows", "blocks"), TABLES)
def test_a_table_has_a_cell_for_each_row_and_column_whatever_spans_them(rows, blocks):
    """One without words is no table."""
    assert [*map(shown, blocks_of(f"<table>{rows}</table>"))] == blocks


def test_a_table_of_pandas_has_one_head_and_its_figures_to_the_right():
    """Its size is not repeated below it, if all of it is there."""
    (grid,) = blocks_of(FRAME.replace("SIZE", "3 rows \u00d7 3 columns"))
    assert shown(grid).splitlines() == [" | 2024 · Close | 2024 · Change | Note", *BODY]
    assert grid.right == (False, True, True, False)
    size = "300 rows \u00d7 3 columns"
    assert shown(blocks_of(FRAME.replace("SIZE", size))[1]) == size


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        *((figure, True) for figure in FIGURES),
        *((word, False) for word in ("x", "1 of 2", "2024-09-18", "v1", "1a")),
    ],
)
def test_a_column_of_figures_stands_to_the_right(cell, right):
    (grid,) = blocks_of(f"<table><tr><td>{cell}</td></tr></table>")
    assert grid.right == (right,)


def test_a_large_table_is_cut_and_says_what_is_left_out():
    """Rows, and columns: also those of a span that has no end."""
    row = "<tr><td>a<td colspan=9999>b"
    grid, rows, columns = blocks_of(f"<table>{row * 1200}</table>")
    assert (len(grid.rows), len(grid.columns)) == (100, 20)
    assert shown(rows) == "1,100 rows more are not shown."
    assert shown(columns) == "81 columns more are not shown."


def test_a_caption_stands_above_the_first_table_unless_it_has_its_own():
    """That of the cell is used once."""
    bare, own = "<table><tr><td>1</table>", "<table><caption>Own<tr><td>1</caption></table>"
    titles = [grid.title for grid in blocks_of(bare + bare, words("Given"))]
    assert titles == [words("Given"), ()]
    (grid,) = blocks_of("<table><caption>Its <b>own</b></caption><tr><td>1</table>", words("Given"))
    assert grid.title == words("Its own")
    assert blocks_of(own)[0].title == words("Own")


def test_words_lose_what_no_font_of_a_page_has():
    """Signs of control and pictograms, also those that turn the direction of a line."""
    text = "a \ufb01ne\ufe0f \U0001f600\u200b\u202e\x07\u2192 東 ₿\n\t"
    assert plain(text) == "a fine \u2192 東 ₿\n\t"
    assert words(" a \n b ")[0].text == "a b"
    assert words("\u200b \n") == ()


def test_a_cited_figure_keeps_what_it_cites_in_words_and_is_text_in_tables_and_code():
    """The marks of a story go through a text, and end where it is shown as it is."""
    said = cite("spx.return", "1.5%")
    (told,) = blocks_of(f"Up <b>{said}</b> on the day.")
    assert [(run.text, run.ref) for run in told.runs] == [
        ("Up ", NOTEBOOK),
        ("1.5%", "spx.return"),
        (" on the day.", NOTEBOOK),
    ]
    assert shown(blocks_of(f"<table><tr><td>{said}</table>")[0]) == "1.5%"
    assert shown(blocks_of(f"<pre>{said}</pre>")[0]) == "```1.5%"


def test_the_mark_of_a_footnote_stands_apart_from_its_word():
    """In brackets, as plain text and mail can show it; its text is below, without a way back."""
    word, note = blocks_of_markdown("Yields rose[^a].\n\n[^a]: By the Fed.\n")
    assert text_of(word.runs) == "Yields rose [1]."
    assert text_of(note.runs) == "1. By the Fed."
