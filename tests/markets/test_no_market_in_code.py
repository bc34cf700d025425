"""What belongs to one market is in its file: no symbol, exchange, zone or name of it is in code."""

import ast
import re
from pathlib import Path

import pytest

from reportgen.markets.instruments import registry

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reportgen"
OWN = ("sources/providers", "record/old_stories.py", "renamed.py")
"""Where a symbol is the answer of one provider, or the form of an old desk."""
NAMES = re.compile(r"America/New_York|Wall Street|XNYS|New York|U\.S\.|Select Sector")
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


@pytest.mark.parametrize("path", STORIES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_story_names_no_market(path):
    """It asks: market.lead, market.stocks, market.yields."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    quoted = re.findall(r'"([^"]*)"', text)
    assert [name for name in quoted if name in registry()] == []
    assert NAMES.findall(text) == []
