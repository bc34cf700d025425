"""What is wrong with a story as far as it shows before anything is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from reportgen.beats import beats
from reportgen.config.sandbox import Sandbox
from reportgen.core.errors import NarrativeError, did_you_mean
from reportgen.markets import home
from reportgen.record.templates import STORY, Templates, shipped_texts
from reportgen.story.compose import CALLS, VALUES, environment
from reportgen.story.phrases import Phrases
from reportgen.story.voices import GLOBALS

KINDS = ("one", "every", "every_of")
"""What a story asks for findings by: their first argument is a kind of news."""
NAMED = ("the", "called", "short", "group", "brief_name", "day_of")
"""What names an instrument: their first argument is its symbol."""


def refuse_unread(templates: Templates) -> None:
    """Raise NarrativeError where a template of the report or of the desk cannot be compiled.

    A tag is not closed, or there is no such filter or test. The error names file and line.
    """
    env = _environment(templates)
    for name, text, place in _own(templates):
        _compiled(env, name, text, place)


def faults(templates: Templates, symbols: Collection[str] = ()) -> Iterator[str]:
    """All that is wrong with the templates of the report and of the desk, with file and line.

    Besides what no run could read: names that nothing has, macros that are not in the template
    that should have them, kinds of news of no beat, and symbols that neither the registry nor
    *symbols* have.
    """
    env = _environment(templates)
    for name, text, place in _own(templates):
        try:
            tree = _compiled(env, name, text, place)
        except NarrativeError as error:
            yield str(error)
            continue
        if name == STORY:
            yield from _names(env, tree, place)
        yield from _macros(tree, place, templates)
        yield from _asked(tree, place, symbols)


def _environment(templates: Templates) -> Sandbox:
    phrases = Phrases(dt.datetime.min.replace(tzinfo=dt.UTC), {}, home())
    return environment(templates, phrases)


def _own(templates: Templates) -> Iterator[tuple[str, str, str]]:
    """Name, text and place of the templates that are not those of this version."""
    for name, text, place in templates.all():
        if name in templates.texts and text.replace("\r\n", "\n") not in shipped_texts():
            yield name, text, place


def _compiled(env: Sandbox, name: str, text: str, place: str) -> nodes.Template:
    """The tree of a template, which compiles.

    Raises:
        NarrativeError: It does not.
    """
    try:
        tree = env.parse(text, name, place)
        env.compile(text, name, place, raw=True)
    except TemplateSyntaxError as error:
        words = str(error.message or error).rstrip(".")
        near = _near(env, words)
        raise NarrativeError(
            f"{place}, line {error.lineno}: {words}.{near}", subject=place
        ) from None
    return tree


def _near(env: Sandbox, words: str) -> str:
    """The nearest filter or test to the one that an error of Jinja's misses."""
    for begin, known in (("No filter named ", env.filters), ("No test named ", env.tests)):
        if words.startswith(begin):
            return _hint(words.removeprefix(begin).strip("'"), known)
    return ""


def _hint(name: str, known: Collection[str]) -> str:
    """``" Did you mean 'x'?"`` where a known name is near; never a list."""
    hint = did_you_mean(name, known)
    return hint if "mean" in hint else ""


def _names(env: Sandbox, tree: nodes.Template, place: str) -> Iterator[str]:
    """The names of the story that neither it nor the language has."""
    known = {*CALLS, *VALUES, *GLOBALS, *env.globals}
    lacking = meta.find_undeclared_variables(tree) - known
    asked = {
        inner.name
        for test in tree.find_all(nodes.Test)
        if test.name in ("defined", "undefined")
        for inner in test.find_all(nodes.Name)
    }
    made = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    made |= {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.Name):
        if node.name in lacking - asked:
            lacking = lacking - {node.name}
            hint = _hint(node.name, known | made)
            yield f"{place}, line {node.lineno}: the story has no '{node.name}'.{hint}"


def _macros(tree: nodes.Template, place: str, templates: Templates) -> Iterator[str]:
    """The macros that a template asks another one for, and that are not there."""
    brought = dict[str, tuple[str, frozenset[str]]]()
    for whole in tree.find_all(nodes.Import):
        file, has = _brought(whole.template, templates)
        if has:
            brought[whole.target] = (file, has)
    for part in tree.find_all(nodes.FromImport):
        file, has = _brought(part.template, templates)
        asked = [one if isinstance(one, str) else one[0] for one in part.names]
        for name in asked if has else ():
            if name not in has:
                yield _no_macro(place, part, name, file, has)
    for step in tree.find_all(nodes.Getattr):
        if isinstance(step.node, nodes.Name) and step.node.name in brought:
            file, has = brought[step.node.name]
            if step.attr not in has:
                yield _no_macro(place, step, step.attr, file, has)


def _brought(name: nodes.Expr, templates: Templates) -> tuple[str, frozenset[str]]:
    """The template of that *name* and what it exports; nothing where that cannot be told."""
    file = str(name.value) if isinstance(name, nodes.Const) else ""
    return file, _exported(templates.text(file)[0]) if file and templates.has(file) else frozenset()


def _no_macro(place: str, node: nodes.Node, name: str, file: str, has: frozenset[str]) -> str:
    line = f"{place}, line {node.lineno}"
    return f"{line}: '{file}' has no macro '{name}'.{did_you_mean(name, has)}"


@cache
def _exported(text: str) -> frozenset[str]:
    """The names that the template *text* gives to the one that imports it.

    None where it cannot be read, which is told where it stands.
    """
    try:
        tree = Environment().parse(text)  # noqa: S701 - nothing is rendered
    except TemplateSyntaxError:
        return frozenset()
    names = {node.name for node in tree.find_all(nodes.Macro)}
    names |= {node.target for node in tree.find_all(nodes.Import)}
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    return frozenset(names | stored)


def _asked(tree: nodes.Template, place: str, symbols: Collection[str]) -> Iterator[str]:
    """The kinds of news and the instruments that a template names and nobody has."""
    from reportgen.markets.instruments import registry

    kinds = {kind for beat in beats() for kind in beat.kinds}
    calls: Mapping[str, tuple[str, Any]] = {
        **dict.fromkeys(KINDS, ("no beat has the kind of news", kinds)),
        **dict.fromkeys(NAMED, ("no instrument has the symbol", {*registry(), *symbols})),
    }
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "name", "")
        first = call.args[0] if call.args else None
        if name in calls and isinstance(first, nodes.Const) and isinstance(first.value, str):
            words, known = calls[name]
            if first.value not in known:
                hint = _hint(first.value, known)
                yield f"{place}, line {first.lineno}: {words} '{first.value}'.{hint}"
