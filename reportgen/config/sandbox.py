"""The Jinja environment of all templates that a desk may write: a sandbox with limits.

A template reaches the public attributes of what it is given, and nothing of Python behind them. It
changes none of it. The limits are counted, not timed from outside: each turn of a loop, call,
filter, operator and piece of text is charged, in whatever thread or process the template runs. So
an endless loop ends with the file and the line.
"""

from __future__ import annotations

import math
import re
import threading
import traceback
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from time import thread_time
from types import MappingProxyType
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJAS
from jinja2.runtime import Context, Undefined, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

SECONDS = 3.0
"""Processor time that one rendering may take, without the time to compile; the longest shipped one
takes a fiftieth."""
WORK = 8_000_000
"""What one rendering may make: letters, items and turns of loops together."""
SIZED = {str, list, tuple, dict}
EVERY = 64
"""Charges between two looks at the clock."""

LISTS = {"copy", "count", "index"}
TABLES = {"copy", "get", "items", "keys", "values"}
GROWING = {"center", "format", "format_map", "join", "ljust", "replace", "rjust", "zfill"}
"""Methods of texts that can return a longer text: judged before they are called."""
PATTERNS = {"format", "format_map"}
"""Those with widths in their text."""
WIDTHS = PATTERNS | {"*", "batch", "center", "indent", "ljust", "rjust", "round", "slice"}
WIDTHS |= {"tojson", "truncate", "wordwrap", "zfill"}
"""Methods, filters and operators to which a number is a length or a width."""
METHODS: Mapping[type, AbstractSet[str]] = MappingProxyType(
    {
        str: {name for name in dir(str) if name.startswith("is")}
        | GROWING
        | {"capitalize", "casefold", "count", "endswith", "find", "index", "lower", "lstrip"}
        | {"partition", "removeprefix", "removesuffix", "rfind", "rindex", "rpartition", "rsplit"}
        | {"rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper"},
        list: LISTS,
        tuple: LISTS - {"copy"},
        dict: TABLES,
        MappingProxyType: TABLES,
        float: {"is_integer"},
    }
)
"""What a template may call on a value of one of Python's own types; on another of them, nothing."""
NESTED = re.compile(r"\*|\{[^}]*\{")
"""A width in a pattern that is itself a field."""
DIGITS = re.compile(r"\d{1,18}")


MISTAKES = (
    TemplateError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
    MemoryError,
    SyntaxError,  # Python's, for loops that are nested too deep
)
"""What a mistake in a template raises."""


def place_of(error: BaseException, places: Container[str] = ()) -> str:
    """Where in a template *error* was raised, "brief.html.j2, line 12"; "" where it is not known.

    *places* are the files of templates that have another suffix.
    """
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    found = [f for f in frames if f.filename in places or f.filename.endswith(".j2")]
    return f"{found[-1].filename}, line {found[-1].lineno}" if found else ""


class TooMuch(SecurityError):
    """A template takes too long or makes too much."""


class Budget:
    """What one rendering may still use."""

    __slots__ = ("charges", "left", "until")

    def __init__(self, work: float, seconds: float) -> None:
        self.left = work
        self.until = thread_time() + seconds
        self.charges = 0

    def spend(self, work: int) -> None:
        """Charge *work*.

        Raises:
            TooMuch: There is not so much left, or no time.
        """
        self.left -= work
        self.charges += 1
        if self.left < 0:
            raise TooMuch("it makes more text or takes more turns than a template may")
        if not self.charges % EVERY and thread_time() > self.until:
            raise TooMuch("it takes longer than a template may; is there a loop without an end?")

    def allow(self, work: float) -> None:
        """Refuse *work* that is larger than what is left, before it is done."""
        if work > self.left:
            raise TooMuch("it makes more text than a template may")


class _Running(threading.local):
    """The budget of what this thread renders; outside of a rendering there is no limit."""

    def __init__(self) -> None:
        self.budget = Budget(math.inf, math.inf)


_running = _Running()


# Sizes ------------------------------------------------------------------------


def measure(value: Any) -> int:
    """The letters and items of *value*, with all that is in it; each item is charged."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | AbstractSet):
        _running.budget.spend(1 + len(value))
        return 1 + len(value) + sum(map(measure, value))
    if isinstance(value, range):
        return len(value)
    return 1 + value.bit_length() // 3 if isinstance(value, int) else 1


def allow(name: str, value: Any, given: Iterable[Any]) -> None:
    """Refuse what the operation *name* on *value* would make of what it is *given*.

    The most that can come of it is a product of their lengths.
    """
    size = 1 + measure(value)
    if name in PATTERNS:
        if isinstance(value, str):
            size += sum(map(int, DIGITS.findall(value)))
        given = [inner for one in given for inner in _fields(one)]
    by_value = name in WIDTHS and (name not in PATTERNS or NESTED.search(str(value)))
    lengths = (abs(one) if by_value and isinstance(one, int) else measure(one) for one in given)
    _running.budget.allow(size * (1 + sum(lengths)))


def _fields(value: Any) -> Iterable[Any]:
    """What fills the fields of a pattern: any of it may be a width."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple) else (value,)


def charged(result: Any) -> Any:
    """*result*, charged by its size."""
    if type(result) is str:
        _running.budget.spend(len(result))
    elif isinstance(result, str | list | tuple | dict | int):
        _running.budget.spend(measure(result))
    return result


def _judged(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja's own, judged before and charged after it is called."""
    first = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def filtered(*args: Any, **kwargs: Any) -> Any:
        if len(args) > first + 1 or kwargs:
            allow(name, args[first], [*args[first + 1 :], *kwargs.values()])
        return charged(function(*args, **kwargs))

    return filtered


FILTERS = {name: _judged(name, one) for name, one in JINJAS.items()}
"""Jinja's own filters, within the limits."""


class _Counting(CodeGenerator):
    """Writes code that charges for turns of loops, texts that are joined, and lists."""

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        """A loop: each turn is charged, by the length of its body."""
        counted = nodes.EnvironmentAttribute("turns")
        weight = nodes.Const(1 + sum(1 for _ in node.find_all(nodes.Node)))
        node.iter = nodes.Call(counted, [node.iter, weight], [], None, None)
        super().visit_For(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """Texts joined by "~": judged before they are."""
        self.write("environment.joined(context, [")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("])")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        """A list: with all that is in it."""
        self._made(super().visit_List, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        """A tuple; one that names what is unpacked is none."""
        if node.ctx == "load":
            self._made(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        """A table: with all that is in it."""
        self._made(super().visit_Dict, node, frame)

    def _made(self, visit: Callable[[Any, Frame], None], node: nodes.Expr, frame: Frame) -> None:
        """Write what *visit* writes of *node*, charged by its size."""
        self.write("environment.made(")
        visit(node, frame)
        self.write(")")


class _Limited(Template):
    """A template that renders within the limits."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The text; TooMuch where it passes a limit."""
        within: Any = self.environment
        with within.limited():
            return super().render(*args, **kwargs)


_verdicts = dict[tuple[type, str], bool]()
"""Whether a template may use an attribute of a type."""


class Sandbox(ImmutableSandboxedEnvironment):
    """A Jinja environment without a way to Python, files, processes, or endless work.

    Args:
        work: Letters, items and turns of loops that one rendering may make.
        seconds: Processor time that one rendering may take.
        **options: Those of ``jinja2.Environment``.
    """

    code_generator_class = _Counting
    template_class = _Limited
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *, work: int = WORK, seconds: float = SECONDS, **options: Any) -> None:
        finalize = options.pop("finalize", None)
        super().__init__(**options, finalize=self._printed(finalize))
        self._limits = (work, seconds)
        self.filters = dict(FILTERS)
        del self.globals["lipsum"]  # words that no one wrote

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Give what this thread renders or compiles in the block a budget of its own."""
        before = _running.budget
        _running.budget = Budget(*self._limits)
        try:
            yield
        finally:
            _running.budget = before

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        """The code of a template; its constants are folded within the limits.

        What a rendering imports is compiled at its first use. That takes nothing of its time: a
        slow machine with an empty cache would refuse a story that it can tell.
        """
        outer, started = _running.budget, thread_time()
        try:
            with self.limited():
                return super().compile(*args, **kwargs)
        finally:
            outer.until += thread_time() - started

    # What the written code calls ------------------------------------------------

    def turns(self, items: Iterable[Any], weight: int) -> Iterator[Any]:
        """*items*, each charged with *weight* before its turn."""
        spend = _running.budget.spend
        for item in items:
            spend(weight)
            yield item

    def made(self, value: Any) -> Any:
        """A list, tuple or table of a template, charged with all that is in it."""
        measure(value)
        return value

    def joined(self, context: Context, parts: Sequence[Any]) -> str:
        """The texts of *parts* as one."""
        _running.budget.spend(sum(map(measure, parts)))
        text: str = (markup_join if context.eval_ctx.autoescape else str_join)(parts)
        return text

    def concat(self, parts: Iterable[str]) -> str:
        """What a template or a macro printed."""
        found, spend = list[str](), _running.budget.spend
        rest = iter(parts)
        while some := list(islice(rest, EVERY)):
            spend(sum(map(len, some)))
            found += some
        return "".join(found)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What *obj* returns."""
        _running.budget.spend(1)
        result = super().call(context, obj, *args, **kwargs)
        if obj is dict:
            measure(result)
        elif type(result) in SIZED:
            _running.budget.spend(len(result))
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The result of an operator; one that would be too large is not computed."""
        if isinstance(left, int) and isinstance(right, int):
            bits = left.bit_length() * (abs(right) if operator == "**" else right.bit_length())
            _running.budget.allow(bits)
        elif operator == "%":
            allow("format", left, [right])
        elif operator == "*":
            allow("*", *(([left, [right]]) if isinstance(right, int) else (right, [left])))
        return charged(super().call_binop(context, operator, left, right))

    def call_filter(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a filter that another one calls for each item."""
        _running.budget.spend(1)
        return super().call_filter(name, *args, **kwargs)

    def call_test(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a test that a filter calls for each item."""
        _running.budget.spend(1)
        return super().call_test(name, *args, **kwargs)

    def get_template(self, name: Any, *args: Any, **kwargs: Any) -> Template:
        """The template *name*; one that includes itself is charged, too."""
        _running.budget.spend(1)
        return super().get_template(name, *args, **kwargs)

    # Attributes -----------------------------------------------------------------

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The public *attribute* of *obj*, or its item of that name."""
        try:
            value = getattr(obj, attribute)
        except AttributeError:
            try:
                return obj[attribute]
            except (TypeError, LookupError):
                return self.undefined(obj=obj, name=attribute)
        kind = type(obj)
        safe = _verdicts.get((kind, attribute))
        if safe is None:
            safe = self.is_safe_attribute(obj, attribute, value)
            _verdicts[kind, attribute] = safe
        if not safe:
            return self.unsafe_undefined(obj, attribute)
        return self.wrap_str_format(value) or value if isinstance(obj, str) else value

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may use it: public, of no internal, and changing nothing."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        for kind, names in METHODS.items():
            if isinstance(obj, kind):  # what its own class adds, a key or a field, is data
                return attr in names or not hasattr(kind, attr)
        return type(obj).__module__ != "builtins"

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """An undefined value that says what may not be used."""
        return self.undefined(
            f"a template may not use '{attribute}' of a '{type(obj).__name__}'",
            name=attribute,
            obj=obj,
            exc=SecurityError,
        )

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """A method of a text that may make a longer one, judged before it is called."""
        text, name = getattr(value, "__self__", None), getattr(value, "__name__", "")
        if not isinstance(text, str) or name not in GROWING:
            return None
        method = super().wrap_str_format(value) or value

        @wraps(method)
        def judged(*args: Any, **kwargs: Any) -> str:
            allow(name, text, [*args, *kwargs.values()])
            result: str = method(*args, **kwargs)
            return result

        return judged

    def _printed(self, finalize: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
        """What is printed of a value: a list that is too large as a text is refused."""

        def printed(value: Any) -> Any:
            if finalize is not None:
                value = finalize(value)
            if not isinstance(value, str | Undefined):
                _running.budget.allow(measure(value))
            return value

        return printed
