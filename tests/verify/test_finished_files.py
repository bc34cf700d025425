"""One token changed in a finished file is caught by the check of that file."""

import email
import json
import re
from email import policy

import pytest

from reportgen.produce.telling import read_notebook
from reportgen.record.record import read_record
from reportgen.record.request import load_report
from reportgen.story.citations import text_of
from reportgen.story.compose import compose
from reportgen.verify import rendered

WORDS = {
    "below": "above",
    "lower": "higher",
    "down": "up",
    "up": "down",
    "slid": "rose",
    "plunging": "soaring",
    "soared": "plunged",
    "November": "October",
    "Wednesday": "Tuesday",
    "Friday": "Monday",
    "nearly": "more than",
    "more": "less",
    "best": "worst",
    "worst": "best",
    "Large": "Mid",
    "trails": "leads",
    "cut": "raised",
    "closed": "open",
    "Quantum-computing": "Space",
    "early-afternoon": "late",
    "three": "four",
    "six": "nine",
    "closer": "deeper",
    "gain": "loss",
    "correction": "bear market",
    "Sample": "Real",
}
CLAIM = "Small caps soared to a record."
"""Words without a digit that no line of the narrative holds."""


@pytest.fixture(scope="module")
def brief(sample_brief):
    """The folder of the brief that a run writes, its record and its narrative."""
    record, report = (
        read_record(read_notebook(sample_brief.folder / "notebook.ipynb")),
        load_report("small-caps"),
    )
    return sample_brief.folder, record, compose(record, report.folder, report.title)


def changed(token: str) -> str:
    """Another token in place of *token*.

    Its first digit plus one, or the word of another claim; "" where there is none.
    """
    digit = re.search(r"\d", token)
    if digit:
        return token[: digit.start()] + str((int(digit[0]) + 1) % 10) + token[digit.end() :]
    return WORDS.get(token, "")


def spread(found: list, most: int) -> list:
    """At most *most* of *found*, evenly spread over it."""
    return [found[i * len(found) // most] for i in range(most)] if len(found) > most else found


def variants(text: str, places: list[tuple[int, int]], most: int) -> list[tuple[str, str]]:
    """*text* with one token within *places* changed, each with what was changed."""
    tokens = [
        (a + m.start(), m[0])
        for a, b in places
        for m in re.finditer(r"[\w.,$%+\u2212-]*\w%?", text[a:b])
        if changed(m[0])
    ]
    made = [
        (
            f"'{old}' -> '{changed(old)}' in '{text[max(0, at - 30) : at + 30]}'",
            text[:at] + changed(old) + text[at + len(old) :],
        )
        for at, old in tokens
    ]
    return spread(made, most)


def visible(html: str) -> list[tuple[int, int]]:
    """Where the text of an HTML file stands that a reader sees.

    Not in tags, scripts, styles, drawings or the appendix.
    """
    end = html.find('<details id="appendix"')
    shown = html[: end if end > 0 else len(html)]
    hidden = [m.span() for m in re.finditer(r"(?s)<(script|style|svg|title)\b.*?</\1>", shown)]
    nodes = [m.span(1) for m in re.finditer(r">([^<>]+)(?=<)", shown)]
    return [(a, b) for a, b in nodes if not any(x <= a < y for x, y in hidden)]


def all_caught(cases, check) -> None:
    """No change passes the check; those that do are listed."""
    left = [change for change, content in cases if not check(content)]
    assert not left, f"{len(left)} of {len(cases)} survive:\n" + "\n".join(left)


def verb(story) -> str:
    """What small caps do in the title: verbs turn with the session."""
    return text_of(story.title).split()[2]


def test_the_files_as_written_pass(brief):
    """The check has nothing to say about the files that the command wrote."""
    folder, record, story = brief
    assert rendered.page((folder / "brief.html").read_text(), story, record) == []
    assert rendered.plain((folder / "brief.txt").read_text(), story) == []
    assert rendered.mail((folder / "brief.eml").read_bytes(), story) == []
    assert rendered.data((folder / "brief.json").read_text(), story, record) == []


def test_a_token_changed_on_the_page_is_caught(brief):
    """Any of thirty tokens of the visible text of brief.html."""
    folder, record, story = brief
    html = (folder / "brief.html").read_text()
    cases = variants(html, visible(html), 30)
    assert len(cases) == 30
    all_caught(cases, lambda text: rendered.page(text, story, record))


def test_a_label_changed_in_either_drawing_of_a_picture_is_caught(brief):
    """The wide and the narrow drawing of a picture are each read, and each label in them."""
    folder, record, story = brief
    html = (folder / "brief.html").read_text()
    labels = {text_of(runs) for picture in story.pictures for runs in picture.labels.values()}
    found = [m for m in re.finditer(r">([^<>]+)</text>", html) if m[1] in labels and changed(m[1])]
    cases = [
        (
            f"'{m[1]}' -> '{changed(m[1])}' at {m.start()}",
            html[: m.start(1)] + changed(m[1]) + html[m.end(1) :],
        )
        for m in found
    ]
    assert len(cases) >= 12
    all_caught(spread(cases, 12), lambda text: rendered.page(text, story, record))


def test_the_words_behind_a_picture_and_the_values_behind_a_figure_are_read(brief):
    """The alternative text, the raw value, the cited fact, the page's title and its description."""
    folder, record, story = brief
    html = (folder / "brief.html").read_text()
    falls = verb(story)
    swaps = [
        (
            'aria-label="Line chart of the Russell 2000 over six',
            'aria-label="Line chart of the Russell 2000 over nine',
        ),
        ('value="2225.43" data-fact="rut.level"', 'value="2226.43" data-fact="rut.level"'),
        ('value="5892.64" data-fact="spx.level"', 'value="2225.43" data-fact="rut.level"'),
        (f"<title>Small caps {falls}", "<title>Small caps soar"),
        ('content="The Russell 2000 is 8.9% below', 'content="The Russell 2000 is 9.8% below'),
        ('<span class="change loss"', '<span class="change gain"'),
    ]
    assert all(old in html for old, _ in swaps)
    cases = [(f"{old} -> {new}", html.replace(old, new, 1)) for old, new in swaps]
    all_caught(cases, lambda text: rendered.page(text, story, record))


def test_a_token_changed_in_the_plain_text_is_caught(brief):
    """Any of twenty tokens of brief.txt."""
    folder, _, story = brief
    text = (folder / "brief.txt").read_text()
    cases = variants(text, [(0, len(text))], 20)
    assert len(cases) == 20
    all_caught(cases, lambda changed_text: rendered.plain(changed_text, story))


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_token_changed_in_a_part_of_the_message_is_caught(brief, kind):
    """Any of twenty tokens of the text part, and of the HTML part, of brief.eml."""
    folder, _, story = brief
    source = (folder / "brief.eml").read_bytes()
    body = part_of(source, kind).get_content()
    cases = variants(body, visible(body) if kind == "html" else [(0, len(body))], 20)
    assert len(cases) == 20
    all_caught(cases, lambda text: rendered.mail(with_part(source, kind, text), story))


def test_another_subject_is_caught(brief):
    """The subject of a message is the title of its brief."""
    folder, _, story = brief
    source = (folder / "brief.eml").read_bytes()
    subject = f"Subject: Small caps {verb(story)}".encode()
    assert subject in source
    assert rendered.mail(source.replace(subject, b"Subject: Small caps rise", 1), story)


@pytest.mark.parametrize(
    "change",
    [
        lambda html: html.replace("<!--[if mso]><table", f"<!--[if mso]><p>{CLAIM}</p><table", 1),
        lambda html: html.replace("<body", f"<!--[if mso]>{CLAIM}<![endif]--><body", 1),
        lambda html: html.replace("</h1>", f"</h1><![if !mso]>{CLAIM}<![endif]>", 1),
        lambda html: html.replace('width="600" align="center"', 'width="9"', 1),
    ],
)
def test_what_outlook_alone_shows_is_read_too(brief, change):
    """Classic Outlook takes some comments for text."""
    folder, _, story = brief
    source = (folder / "brief.eml").read_bytes()
    html = part_of(source, "html").get_content()
    assert change(html) != html
    assert rendered.mail(with_part(source, "html", change(html)), story)


def part_of(source: bytes, kind: str):
    """The text or HTML part of a message."""
    return email.message_from_bytes(source, policy=policy.default).get_body((kind,))


def with_part(source: bytes, kind: str, text: str) -> bytes:
    """The message with *text* as its text or HTML part."""
    message = email.message_from_bytes(source, policy=policy.default)
    message.get_body((kind,)).set_content(text, subtype=kind)
    return message.as_bytes()


def test_words_that_are_not_in_the_narrative_are_caught_wherever_they_stand(brief):
    """A sentence put between the lines of a file is caught though it holds no digit."""
    folder, record, story = brief
    html, text, message = (
        (folder / "brief.html").read_text(),
        (folder / "brief.txt").read_text(),
        (folder / "brief.eml").read_bytes(),
    )
    body = part_of(message, "html").get_content()
    plain = part_of(message, "plain").get_content().replace("\r\n", "\n")
    checks = {
        "page": rendered.page(
            html.replace("<article>", f"<article><p>{CLAIM}</p>", 1), story, record
        ),
        "text": rendered.plain(text.replace("\n\n", f"\n\n{CLAIM}\n\n", 1), story),
        "message text": rendered.mail(
            with_part(message, "plain", plain.replace("\n\n", f"\n\n{CLAIM}\n\n", 1)), story
        ),
        "message html": rendered.mail(
            with_part(message, "html", body.replace("<body", f"<p>{CLAIM}</p><body", 1)), story
        ),
    }
    assert [file for file, failed in checks.items() if not failed] == []


def json_cases(text: str):
    """One value of brief.json changed: in its claims, its facts, and what it says of the run."""
    fields = {
        "text": lambda v: f"{v}x",
        "sentence": lambda v: f"{v} not",
        "value": lambda v: "x" if isinstance(v, str) else v * 1.01 + 1,
        "unit": lambda _: "degrees",
        "instrument": lambda v: "^IXIC" if v != "^IXIC" else "^DJI",
        "kind": lambda _: "guess",
        "window": lambda _: "decade",
        "fact": lambda v: "spx.level" if v != "spx.level" else "rut.level",
        "cell": lambda v: v + 1,
        "where": lambda _: "elsewhere",
    }
    total = len(json.loads(text)["claims"])
    for n, (field, change) in enumerate([*fields.items()] * 2):
        document = json.loads(text)
        claim = document["claims"][(n * 13 + 1) % total]
        claim[field] = change(claim[field])
        yield f"claims[].{field} -> {claim[field]!r}", json.dumps(document)
    for path, value in (
        (("title",), "x"),
        (("state",), "post"),
        (("as_of",), "2025-01-08T16:00:00-05:00"),
        (("session",), "2025-01-07"),
        (("verdict",), "hold"),
        (("lead", "kind"), "record_close"),
        (("facts", "rut.level", "value"), 1.0),
        (("facts", "rut.level", "source"), "hearsay"),
        (("provenance", "notice"), ""),
        (("provenance", "dataset"), "Real market"),
    ):
        document = json.loads(text)
        place = document
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        yield f"{'.'.join(path)} -> {value!r}", json.dumps(document)
    for n, change in (
        (20, lambda s: s[: len(s) // 2]),
        (60, lambda s: s[4:]),
        (90, lambda _: json.loads(text)["claims"][0]["sentence"]),
    ):
        document = json.loads(text)
        claim = document["claims"][n]
        claim["sentence"] = change(claim["sentence"])
        yield f"claims[{n}].sentence -> {claim['sentence']!r}", json.dumps(document)
    for n in (0, total // 2):
        document = json.loads(text)
        lost = document["claims"].pop(n)
        yield f"claims[{n}] removed: {lost['text']}", json.dumps(document)


def test_a_value_changed_in_the_data_file_is_caught(brief):
    """Any field of a claim, a claim left out, a fact's value or source,
    and what the file says of its run."""
    folder, record, story = brief
    cases = list(json_cases((folder / "brief.json").read_text()))
    assert len(cases) >= 30
    all_caught(cases, lambda text: rendered.data(text, story, record))


def test_a_sentence_of_the_data_file_is_whole(brief):
    """The sentence of a claim begins where a sentence of the story begins, also after "U.S."."""
    claims = json.loads((brief[0] / "brief.json").read_text())["claims"]
    cut = {c["sentence"] for c in claims if c["where"] == "body" and c["sentence"][0].islower()}
    assert cut == set()
