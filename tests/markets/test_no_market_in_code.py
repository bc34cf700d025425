"""No symbol, exchange, zone, name or money of a market is in code: they are in its file."""

import ast
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from reportgen.markets.instruments import registry

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reportgen"
OWN = ("sources/providers", "record/old_stories.py", "renamed.py")
"""Where a symbol is the answer of one provider, or the form of an old desk."""
NAMES = re.compile(r"America/New_York|Wall Street|XNYS|New York|U\.S\.|Select Sector")
READ = tomllib.loads((PACKAGE / "verify" / "currencies.toml").read_text())
CODES = "|".join(READ["codes"].split())
SIGNS = "".join({sign[-1] for sign in READ["signs"]} - {"R", "$"})
MONEY = re.compile(
    rf"\b(?:{CODES})\b|[{SIGNS}¢]"
    r"|\b(?:dollars?|euros?|pounds?|pence|yen)\b|\\\$|[A-Z]\$|\$\d|(?:^|\s)\$$"
)
"""The code, the sign or the name of a currency.

A "$" alone, before a digit or behind a letter is money. At the end of a pattern it is not,
nor before a name.
"""
WORDS = {"ALL", "TOP"}
"""Codes of currencies that are words in capitals."""
PLACES = ("config/schema.py", "core/svg.py")
"""Where a "$" is the end of a text, and the place of a sign in a format of d3."""
CODE = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.relative_to(PACKAGE).as_posix().startswith(OWN)
]
STORIES = sorted([*(ROOT / "templates" / "story").rglob("*.j2"), *ROOT.glob("reports/*/story.j2")])


def texts(path):
    """The texts of a file of Python that are neither docstrings nor examples of a schema."""
    tree = ast.parse(path.read_text())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "says":
            told |= {id(part) for part in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_code_names_no_market(path):
    """Neither an instrument by its symbol, nor what a market is called or where it is."""
    found = [text for text in texts(path) if text in registry() or NAMES.search(text)]
    assert found == []


def money(text):
    """The signs, codes and names of currencies in *text*."""
    return [found for found in MONEY.findall(text) if found not in WORDS]


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_code_knows_no_currency(path):
    """It asks the instrument and its fact; the lists of signs are files of data.

    The sign before the value of an f-string is money, too.
    """
    if path.relative_to(PACKAGE).as_posix() in PLACES:
        return
    mixed = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.JoinedStr)]
    parts = [part for node in mixed for part, _ in pairwise(node.values)]
    before = [part.value for part in parts if isinstance(part, ast.Constant)]
    patterns = [node for node in mixed if isinstance(node.values[-1], ast.Constant)]
    ends = {node.values[-1].value for node in patterns}
    found = [text for text in texts(path) if money(text)]
    assert [text for text in found if text != "$" or text not in ends] == []
    assert [text for text in before if text.endswith("$")] == []


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("USD", True),
        ("in USD terms", True),
        ("$", True),
        ("about $", True),
        ("US$", True),
        ("$4.21", True),
        ("£", True),
        (r"(?P<dollar>\$)?", True),
        ("-USD", True),
        ("a barrel of dollars", True),
        ("^[A-Z]+$", False),
        ("$schema", False),
        ("usdt", False),
        ("for ALL", False),
    ],
)
def test_what_is_money_in_a_text(text, true):
    """Of a pattern and of the name of a key it is not."""
    assert bool(money(text)) is true


@pytest.mark.parametrize("path", STORIES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_story_knows_no_currency(path):
    """Its filters print the sign of a fact's own."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert money(text) == []
    assert re.findall(r"\|\s*usd\b", text) == []


@pytest.mark.parametrize("path", STORIES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_story_names_no_market(path):
    """It asks: market.lead, market.stocks, market.yields."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    quoted = re.findall(r'"([^"]*)"', text)
    assert [name for name in quoted if name in registry()] == []
    assert NAMES.findall(text) == []
