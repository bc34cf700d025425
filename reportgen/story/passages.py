"""The passages of a story: each line of a template that has words for a reader.

A passage is a line of the source with its expressions. What a template can print is its plain
text, and each string in an expression that may reach a reader. In doubt it may.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.config.resources import cached
from reportgen.core.errors import NarrativeError
from reportgen.record.templates import Templates, shipped_texts
from reportgen.story.wording import fold, unescaped

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

OLDER = Path(__file__).with_name("older_lines.txt")
"""The digests of the lines of older versions, which desks have copies of."""
SHORT = 16
"""So many letters of a digest are kept of a line of an older version."""
READS = ("title", "subtitle", "alt", "columns", "row")
MARK = re.compile(rf"^(?:!table \S+|!\S+|~ [a-z_]+: ?|[#>-] |(?:{'|'.join(READS)}): ?)")
"""What says where in a brief a line stands; no reader sees it."""
LABEL = re.compile(r"^[a-z][\w-]*: ?")
"""The name of a place on a picture, for which the rest of the line is the label."""
SAID = re.compile(r"[^\s.,;:!?()|\"'\u2019\u2018\u201c\u201d\u2013\u2014/…\[\]-]")
"""A letter, a digit or a sign: more than punctuation."""
CITED = re.compile("«[^»]*»")
"""What a line lets a fact say."""
SAYS = "says"
"""The filter that does so."""
PICKING = frozenset(
    [
        *("attr", "groupby", "max", "min", "reject", "rejectattr"),
        *("select", "selectattr", "sort", "sum", "toward", "unique"),
    ]
)
"""Filters that print nothing of what they are given by: the name of an attribute, a test."""
REPEATING = ("adding", "choose", "slot")
"""What a story may call that gives back words that it was given."""
SALTED = frozenset({"slot"})
"""What gives back words other than its first one."""


Source = tuple[str, str]
"""The text of a template, and its place."""
Strings = Mapping[tuple[int, str], str]
PRINTED, SILENT = "printed", "silent"


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of a template."""

    name: str
    """The name of its template."""
    place: str
    """The file of it."""
    line: int
    source: str
    """The line with its expressions, white space folded, without comments."""
    words: str
    """What it may print: each expression is "…", or its own words in brackets.

    Words that it lets a fact say are in «guillemets».
    """

    @property
    def digest(self) -> str:
        """The SHA-256 of its source: another word or figure gives another one."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def where(self) -> str:
        """Its file and line, for an error."""
        return f"{self.place}, line {self.line}"


@cache
def own_passages(templates: Templates) -> tuple[Passage, ...]:
    """The passages of the report's and its desk's templates that no shipped template has.

    A line with the words of a shipped one around other figures is one of those.

    Raises:
        NarrativeError: A template cannot be read; it names the file and the line.
    """
    changed = [row for row in templates.own if _is_story(row[0]) and row[1] not in shipped_texts()]
    if not changed:
        return ()
    own = (part for name, text, _ in templates.own for part in (name, text))
    mark = _mark([*sorted(shipped_texts()), *own])
    kept = cached(f"passages/{mark}.json", lambda: _packed(templates, changed))
    try:
        rows = json.loads(kept)
    except ValueError:  # a damaged cache costs time, not the brief
        rows = json.loads(_packed(templates, changed))
    places = {name: place for name, _, place in changed}
    return tuple(Passage(name, places[name], *rest) for name, *rest in rows)


@cache
def shipped_lines() -> tuple[frozenset[str], frozenset[str]]:
    """The sources of the lines of all shipped stories and templates, and their words.

    The words that a fact says stand apart from the rest of the line.
    """
    texts = sorted(shipped_texts())
    kept = cached(f"passages/{_mark(texts)}-shipped.json", lambda: _packed_shipped(texts))
    try:
        sources, words = json.loads(kept)
    except ValueError:  # a damaged cache costs time, not the brief
        sources, words = json.loads(_packed_shipped(texts))
    return frozenset(sources), frozenset(words)


def _packed_shipped(texts: Sequence[str]) -> bytes:
    """The sources and the words of the lines of *texts*, as JSON."""
    own = [(text, "a template") for text in texts]
    spoken = _Spoken.of(own, ())
    rows = [row for one in own for row in _lines(*one, spoken.strings(*one))]
    sources = {source for _, source, _ in rows}
    told = {part for _, _, words in rows for part in (framed(words), *CITED.findall(words))}
    return json.dumps([sorted(sources), sorted(told - {""})]).encode()


def framed(words: str) -> str:
    """*words* without those that a fact says."""
    return CITED.sub("…", words)


def _alike(words: str, told: Collection[str]) -> bool:
    """Whether a shipped line has those words, around other figures or phrases of shipped lines."""
    return framed(words) in told and all(said in told for said in CITED.findall(words))


def _mark(texts: Iterable[str]) -> str:
    """The name of what is kept of *texts*, as this file reads them."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    found.update("\0".join(texts).encode())
    return found.hexdigest()[:32]


def lines(text: str) -> set[str]:
    """The lines of a template that hold words or strings, as passages have them."""
    return {source for _, source, words in _lines(text, "a template", {}) if words}


@cache
def older_lines() -> frozenset[str]:
    """The beginnings of the digests of the lines of older versions."""
    text = OLDER.read_text(encoding="utf-8") if OLDER.is_file() else ""
    return frozenset(text.split())


def is_older(passage: Passage) -> bool:
    """Whether an older version had that line; desks have copies of its stories."""
    return passage.digest[:SHORT] in older_lines()


def _is_story(name: str) -> bool:
    return name.endswith(".j2")


def _packed(templates: Templates, changed: Sequence[tuple[str, str, str]]) -> bytes:
    """The passages of the *changed* templates that no shipped one has, as JSON."""
    sources, told = shipped_lines()
    own = [(text, place) for _, text, place in changed]
    used = [(text, place) for name, text, place in templates.all() if _is_story(name)]
    spoken = _Spoken.of([source for source in used if source not in own], own)
    rows = [
        (name, line, source, words)
        for name, text, place in changed
        for line, source, words in _lines(text, place, spoken.strings(text, place))
        if words and source not in sources and not _alike(words, told)
    ]
    return json.dumps(rows).encode()


@dataclass
class _Line:
    """A passage while it is read: its first line, its source, and what it prints."""

    number: int
    source: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)


def _lines(text: str, place: str, strings: Strings) -> Iterator[tuple[int, str, str]]:
    """The lines of a template: number, source, and the words; "" where it has none.

    A tag over several lines makes them one. *strings* says of the strings of its expressions how
    they reach a reader.
    """
    drawn, ends_a_tag = False, False
    for one in _read(text, place, strings):
        source, shown = fold("".join(one.source)), fold("".join(one.shown))
        if not source:
            drawn = drawn and ends_a_tag
            continue
        drawn = drawn or shown.startswith("!")
        ends_a_tag = source.endswith("%}")
        said = MARK.sub("", shown)
        if drawn and said == shown:
            said = LABEL.sub("", shown)
        yield one.number, source, said if SAID.search(said) else ""


def _read(text: str, place: str, strings: Strings) -> Iterator[_Line]:
    """The lines of a template, as they stand."""
    line, tag, words = _Line(1), "", list[str]()
    for number, kind, value in _lexed(text, place):
        if not tag and number > line.number + sum(part.count("\n") for part in line.source):
            yield line
            line = _Line(number)
        if kind in ("comment_begin", "variable_begin", "block_begin"):
            tag, words = kind, []
        if kind == "string":
            words += _spoken(number, unescaped(value[1:-1]), strings)
        if tag == "comment_begin":
            tag = "" if kind == "comment_end" else tag
        elif kind == "data":
            for place_, part in enumerate(value.split("\n")):
                if place_:
                    yield line
                    line = _Line(number + place_)
                line.source.append(part)
                line.shown.append(part)
        else:
            line.source.append(value)
            if kind in ("variable_end", "block_end"):
                line.source[-1] = value.rstrip()
                line.shown.append(_tagged(tag, words))
                tag = ""
    yield line


def _spoken(number: int, text: str, strings: Strings) -> Iterator[str]:
    """A string of an expression as a reader of the words sees it, if it may be printed."""
    told = strings.get((number, text), PRINTED)
    if told != SILENT:
        yield f"«{text}»" if told == SAYS else text


def _tagged(tag: str, words: Sequence[str]) -> str:
    """A tag as a reader of the words sees it."""
    if len(words) == 1 and CITED.fullmatch(words[0]):
        return words[0]
    if words:
        return f"[{' | '.join(words)}]"
    return "…" if tag == "variable_begin" else " "


def _lexed(text: str, place: str) -> Iterator[tuple[int, str, str]]:
    from jinja2 import TemplateSyntaxError

    try:
        yield from _environment().lex(text)
    except TemplateSyntaxError as error:
        raise NarrativeError(
            f"{place}, line {error.lineno}: {error.message}.", subject=place
        ) from error


@cache
def _environment() -> Environment:
    from jinja2 import Environment

    return Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - nothing is rendered


class _Tree:
    """The nodes of a template, by their class."""

    def __init__(self, root: nodes.Template) -> None:
        self._nodes: dict[str, list[Any]] = {}
        waiting: list[Any] = [root]
        while waiting:
            node = waiting.pop()
            self._nodes.setdefault(type(node).__name__, []).append(node)
            waiting += node.iter_child_nodes()

    def all(self, *names: str) -> Iterator[Any]:
        """The nodes of the classes of those *names*."""
        return chain.from_iterable(self._nodes.get(name, ()) for name in names)


def warm(text: str, place: str) -> None:
    """Parse a template, so that later readers of the same text need not."""
    _tree(text, place)


@cache
def _tree(text: str, place: str) -> _Tree:
    from jinja2 import TemplateSyntaxError

    try:
        return _Tree(_environment().parse(text))
    except TemplateSyntaxError as error:
        raise NarrativeError(
            f"{place}, line {error.lineno}: {error.message}.", subject=place
        ) from error
    except RecursionError as error:
        raise NarrativeError(
            f"{place}: it is nested too deep to be read.", subject=place
        ) from error


@dataclass(frozen=True)
class _Spoken:
    """What a set of templates can print: the names that reach a reader.

    It goes by names alone: a name that is printed anywhere is printed everywhere.
    """

    printed: frozenset[str]
    said: frozenset[str]
    """The names of what facts say."""
    taken: frozenset[str]
    """The names that the own templates give to something else."""

    @classmethod
    def of(cls, shipped: Iterable[Source], own: Iterable[Source]) -> _Spoken:
        """What those templates, each a text and a place, print together."""
        own_trees = [_tree(*source) for source in own]
        taken = frozenset(name for tree in own_trees for name in _defined(tree))
        known = [(_tree(*source), _callable()) for source in shipped]
        known += [(tree, _mute(tree, taken)) for tree in own_trees]
        roots, said, links = set[str](), set[str](), dict[str, set[str]]()
        for tree, mute in known:
            for leaf in _printed(tree, mute):
                roots |= _named(leaf)
            for leaf in _cited(tree):
                said |= _named(leaf)
            for names, value in _bound(tree):
                told = {name for leaf in _leaves(value, mute) for name in _named(leaf)}
                for name in names:
                    links.setdefault(name, set()).update(told)
        return cls(_closure(roots, links), _closure(said, links), taken)

    def strings(self, text: str, place: str) -> Strings:
        """How the strings of an own template reach a reader, by line and text.

        What is not among them may be printed as it is.
        """
        from jinja2 import nodes

        tree = _tree(text, place)
        mute = _mute(tree, self.taken)
        said, cited = [*_printed(tree, mute)], [*_cited(tree)]
        for names, value in _bound(tree):
            if names & self.printed:
                said += _leaves(value, mute)
            if names & self.said:
                cited += _leaves(value, mute)
        plain, proven = _strings(said), _strings(cited)
        every = _strings(tree.all(nodes.Const.__name__))
        found = dict.fromkeys(every - plain, SILENT)
        return {**found, **dict.fromkeys(proven - plain, SAYS)}


def _strings(found: Iterable[Any]) -> set[tuple[int, str]]:
    """The strings among nodes, by line and text."""
    from jinja2 import nodes

    texts = (node for node in found if isinstance(node, nodes.Const))
    return {(node.lineno, node.value) for node in texts if isinstance(node.value, str)}


def _cited(tree: _Tree) -> Iterator[nodes.Node]:
    """The strings and names that a template lets facts say."""
    for node in tree.all("Filter"):
        for one in (*node.args, *node.kwargs) if node.name == SAYS else ():
            yield from _leaves(one, frozenset())


def _closure(roots: set[str], links: Mapping[str, set[str]]) -> frozenset[str]:
    """*roots* and all that they are made of."""
    found, waiting = set[str](), set(roots)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= links.get(name, set()) - found
    return frozenset(found)


@cache
def _callable() -> frozenset[str]:
    """What a story may call that prints nothing of what it is given."""
    from reportgen.story.compose import CALLS
    from reportgen.story.voices import GLOBALS

    return frozenset((*CALLS, *GLOBALS)) - frozenset(REPEATING)


@cache
def _citing() -> frozenset[str]:
    """The filters that print a fact."""
    from reportgen.story.phrases import FILTERS

    return frozenset(FILTERS)


def _mute(tree: _Tree, taken: frozenset[str]) -> frozenset[str]:
    """What an own template may call that prints nothing of what it is given.

    Not a name that it gives to an argument or to the items of a loop, and none that is *taken*.
    """
    bound = {name.name for name in tree.all("Name") if name.ctx != "load"}
    return _callable() - taken - bound


def _defined(tree: _Tree) -> Iterator[str]:
    """The names that a template gives a meaning, for others, too."""
    for one in tree.all("Assign"):
        yield from _targets(one.target)
    for macro in tree.all("Macro"):
        yield macro.name
    for module in tree.all("Import"):
        yield module.target
    for brought in tree.all("FromImport"):
        for name in brought.names:
            yield name if isinstance(name, str) else name[1]


def _bound(tree: _Tree) -> Iterator[tuple[set[str], nodes.Node]]:
    """The names that a template binds, each with what it may be."""
    from jinja2 import nodes

    for node in tree.all("Assign", "For", "With", "Macro", "CallBlock"):
        if isinstance(node, nodes.Assign):
            yield _targets(node.target), node.node
        elif isinstance(node, nodes.For):
            yield _targets(node.target), node.iter
        elif isinstance(node, nodes.With):
            for target, value in zip(node.targets, node.values, strict=True):
                yield _targets(target), value
        elif isinstance(node, nodes.Macro | nodes.CallBlock):
            for target, value in zip(reversed(node.args), reversed(node.defaults), strict=False):
                yield _targets(target), value


def _targets(node: nodes.Node) -> set[str]:
    from jinja2 import nodes

    found = [node, *node.find_all(nodes.Name), *node.find_all(nodes.NSRef)]
    return {name for one in found for name in _named(one)}


def _printed(tree: _Tree, mute: frozenset[str]) -> Iterator[nodes.Node]:
    """The strings and names that a template prints where it stands."""
    for output in tree.all("Output"):
        for node in output.nodes:
            yield from _leaves(node, mute)
    filters = [block.filter for block in tree.all("FilterBlock")]
    filters += [block.filter for block in tree.all("AssignBlock") if block.filter]
    for one in filters:
        yield from _leaves(one, mute)
    for call in tree.all("CallBlock"):
        yield from _leaves(call.call, mute)


def _leaves(node: Any, mute: frozenset[str]) -> Iterator[nodes.Node]:
    """The strings, names and attributes that can make up the value of an expression."""
    from jinja2 import nodes

    if isinstance(node, nodes.Const | nodes.Name | nodes.NSRef):
        yield node
    elif isinstance(node, nodes.Compare | nodes.Test | nodes.Not):
        return
    elif isinstance(node, nodes.Filter):
        yield from _filtered(node, mute)
    elif node is not None:
        if isinstance(node, nodes.Getattr | nodes.Getitem):
            yield node
        for child in _parts(node, mute):
            yield from _leaves(child, mute)


def _parts(node: nodes.Node, mute: frozenset[str]) -> Iterator[nodes.Node]:
    """The parts of an expression that can make up its value."""
    from jinja2 import nodes

    if isinstance(node, nodes.CondExpr):
        yield from (one for one in (node.expr1, node.expr2) if one is not None)
    elif isinstance(node, nodes.Getitem):
        yield node.node
    elif isinstance(node, nodes.Call) and _is_of(node, SALTED):
        yield from node.args[1:]
    elif not (isinstance(node, nodes.Call) and _is_of(node, mute)):
        yield from node.iter_child_nodes()


def _filtered(node: nodes.Filter, mute: frozenset[str]) -> Iterator[nodes.Node]:
    """What the value of a filter may be made of."""
    if node.name in _citing():
        return
    yield from _leaves(node.node, mute)
    given: list[Any] = [one for one in node.kwargs if one.key == "default"]
    if node.name not in PICKING:
        first = 1 if node.name == "map" else 0
        given = [*node.args[first:], *node.kwargs, node.dyn_args, node.dyn_kwargs]
        given = [one for one in given if getattr(one, "key", "") != "attribute"]
    for one in given:
        yield from _leaves(one, mute)


def _is_of(node: nodes.Call, names: frozenset[str]) -> bool:
    """Whether a call is of one of *names*."""
    from jinja2 import nodes

    return isinstance(node.node, nodes.Name) and node.node.name in names


def _named(leaf: nodes.Node) -> set[str]:
    """The name under which a leaf was bound."""
    from jinja2 import nodes

    if isinstance(leaf, nodes.Name | nodes.NSRef):
        return {leaf.name, *([leaf.attr] if isinstance(leaf, nodes.NSRef) else [])}
    if isinstance(leaf, nodes.Getattr):
        return {leaf.attr}
    if isinstance(leaf, nodes.Getitem) and isinstance(leaf.arg, nodes.Const):
        return {str(leaf.arg.value)}
    return set()
