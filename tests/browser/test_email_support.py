"""The email's HTML against what caniemail.com measured.

Each thing it uses works for its readers, or its absence does no harm.
"""

from __future__ import annotations

import email
import json
import re
from email import policy
from html.parser import HTMLParser

import pytest

pytestmark = pytest.mark.browser

CLIENTS = (
    "gmail.desktop-webmail",
    "gmail.ios",
    "gmail.android",
    "outlook.windows",
    "outlook.outlook-com",
    "outlook.macos",
    "outlook.ios",
    "outlook.android",
    "apple-mail.macos",
    "apple-mail.ios",
)
TABLE = {"table", "tbody", "tr", "td", "th"}
EVERYWHERE = {  # in use since before there were tables of support, and in none of them
    "html",
    "head",
    "title",
    "meta",
    "a",
    "br",
    "h1",
    "h2",
    "attribute:class",
    "attribute:style",
    "attribute:href",
    "attribute:src",
    "attribute:alt",
    "attribute:name",
    "attribute:content",
    "attribute:charset",
    "attribute:border",
    "color",
    "font-family",
}
NO_HARM = {
    "attribute:data-part": "for our own check of the finished file; clients drop it",
    "attribute:data-css-inline": "the inliner's mark on the dark theme; clients drop it",
    "html-body": (
        "Gmail and Outlook.com put a div in its place; the ground is coloured on the table too"
    ),
    "html-doctype": "webmail shows the part inside its own document; the layout is tables",
    "css-at-media": "only the dark theme stands in it",
    "css-at-media-prefers-color-scheme": "the light theme is complete without it",
    "html-meta-color-scheme": "says that there is a dark theme where that is understood",
    "css-overflow": "hides the preheader where display is not understood",
    "css-max-height": "hides the preheader where display is not understood",
    "mso-hide": "hides the preheader in classic Outlook; others drop it",
}
"""What some client lacks, and why no reader loses by it."""


class Used(HTMLParser):
    """Everything that a message's HTML uses, by caniemail's names where it has one."""

    def __init__(self, html, known):
        super().__init__()
        self.known, self.features, self._style = known, set(), ""
        self.feed(html)
        for rule in re.findall(r"\{([^{}]*)\}", self._style):
            self.declarations(rule)
        self.rules(re.sub(r"\{[^{}]*\}", "{}", self._style))

    def handle_decl(self, _):
        self.features.add("html-doctype")

    def handle_comment(self, _):
        self.features.add("html-comments")

    def handle_data(self, data):
        if self.cdata_elem == "style":
            self._style += data

    def handle_starttag(self, tag, attrs):
        self.features.add("html-table" if tag in TABLE else self.name("html", tag))
        for name, value in attrs:
            self.features.add(
                self.name("html", name)
                if self.name("html", name) in self.known
                else f"attribute:{name}"
            )
            if name == "style":
                self.declarations(value)
            if (tag, name, value) == ("meta", "name", "color-scheme"):
                self.features.add("html-meta-color-scheme")

    def name(self, kind, word):
        """caniemail's name of *word*: its own, that of its shorthand, or *word* itself."""
        parts = word.split("-")
        tries = [f"{kind}-{'-'.join(parts[:n])}" for n in range(len(parts), 0, -1)]
        return next(
            (t for t in tries if t in self.known and (t == tries[0] or word not in EVERYWHERE)),
            word,
        )

    def declarations(self, text):
        """The properties of a list of declarations, and what their values use."""
        for part in filter(str.strip, text.split(";")):
            prop, _, value = (piece.strip() for piece in part.partition(":"))
            self.features.add(self.name("css", prop))
            self.features |= {
                f"css-unit-{'percent' if u == '%' else u}"
                for u in re.findall(r"\b\d+(%|[a-z]+)", re.sub(r"#\w+", "", value))
            }
            self.features |= {f"css-function-{f}" for f in re.findall(r"([a-z-]+)\(", value)}
            self.features |= {"css-important"} if "!important" in value else set()
            self.features |= (
                {f"css-display-{value}"} & set(self.known) if prop == "display" else set()
            )

    def rules(self, text):
        """What the at-rules and the selectors of a style element use."""
        self.features |= {f"css-at-{name}" for name in re.findall(r"@([\w-]+)", text)}
        self.features |= {
            f"css-at-media-{name}" for name in re.findall(r"@media[^{]*\((prefers-[\w-]+)", text)
        }
        for selector in re.findall(r"([^{}@]+)\{\}", text):
            plain = selector.strip()
            self.features |= {
                name
                for sign, name in (
                    (".", "css-selector-class"),
                    (",", "css-selector-grouping"),
                    ("#", "css-selector-id"),
                )
                if sign in plain
            }
            self.features |= {
                f"css-pseudo-class-{name}" for name in re.findall(r"(?<!:):([\w-]+)", plain)
            }
            self.features |= {"css-selector-attribute"} if "[" in plain else set()
            self.features |= (
                {"css-selector-descendant"} if re.search(r"[\w\]] +[.\w#\[]", plain) else set()
            )


def lacking(feature):
    """The clients whose newest measured version lacks a feature.

    A note on a partial support counts as support.
    """
    found = []
    for client in CLIENTS:
        family, platform = client.split(".")
        newest = list(feature["stats"].get(family, {}).get(platform, {"": "u"}).values())[-1]
        if not newest.startswith(("y", "a")):
            found.append(f"{client}: {newest}")
    return found


@pytest.fixture(scope="module")
def known(npm):
    data = json.loads((npm("caniemail@2") / "data" / "caniemail.json").read_text())
    return {feature["slug"]: feature for feature in data["data"]}


@pytest.fixture(scope="module")
def used(known, received):
    html = (
        email.message_from_bytes(received, policy=policy.default).get_body(("html",)).get_content()
    )
    return Used(html, known).features


def test_every_feature_of_the_email_works_for_its_readers_or_does_no_harm(known, used):
    """Gmail, Outlook and Apple Mail support what is used;
    each exception is listed with its reason."""
    failing = {
        name: lacking(known[name]) if name in known else ["not in caniemail's data"]
        for name in sorted(used - EVERYWHERE - set(NO_HARM))
    }
    assert {name: clients for name, clients in failing.items() if clients} == {}


def test_no_exception_is_listed_for_what_every_client_supports(known):
    """A reason that is no longer needed goes."""
    assert [name for name in NO_HARM if name in known and not lacking(known[name])] == []


def test_the_matcher_finds_what_clients_lack(known):
    """Drawings, grids, variables and embedded pictures are seen:
    silence means that there are none."""
    style = "display:grid;box-shadow:0 0 3px red;width:calc(1px + 2vw)"
    html = f'<style>a:hover{{color:var(--x)}}</style><svg></svg><video></video><p style="{style}">'
    found = Used(html, known).features
    bad = {
        "html-svg",
        "html-video",
        "css-display-grid",
        "css-box-shadow",
        "css-pseudo-class-hover",
        "css-unit-vw",
        "css-function-calc",
        "css-function-var",
    }
    assert bad <= found
    assert all(lacking(known[name]) for name in bad & set(known) - {"css-unit-vw"})
