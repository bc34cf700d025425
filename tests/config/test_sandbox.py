"""What no template can do: reach Python, change what it is given, run or grow without an end."""

import threading
import time

import pytest
from jinja2 import DictLoader, StrictUndefined, TemplateError

from reportgen.config.sandbox import MISTAKES, Sandbox, place_of

ESCAPES = (
    '{{ "".__class__ }}',
    '{{ "".__class__.__mro__[1].__subclasses__() }}',
    '{{ ""["__class__"] }}',
    '{{ ""|attr("__class__") }}',
    '{{ ""|attr("__cla" ~ "ss__") }}',
    '{{ [""]|map(attribute="__class__")|join }}',
    '{{ [""]|map(attribute="upper.__self__.__class__")|list }}',
    '{{ ([""]|groupby("__class__"))[0].grouper }}',
    '{{ [""]|sum(attribute="__class__") }}',
    "{{ [{}]|sort(attribute='__class__.__name__') }}",
    '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
    '{{ joiner.__init__.__globals__["os"] }}',
    '{{ namespace.__init__.__globals__["sys"] }}',
    "{{ range.__class__.__base__ }}",
    "{{ dict.mro() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ given.method.__globals__ }}",
    "{{ given.method.__func__ }}",
    "{{ given.method.__self__ }}",
    "{{ given.method.__func__.__code__ }}",
    "{{ given.__dict__ }}",
    "{{ given.__init_subclass__() }}",
    '{{ "{0.__class__}".format(given) }}',
    '{{ "{0.method.__globals__}".format(given) }}',
    '{{ "{x.__class__}".format_map({"x": given}) }}',
    '{{ ("{0.__class__}"|attr("format"))(given) }}',
    '{{ "{x.__class__}"|attr("format")|attr("__call__") }}',
    '{{ ["{0.__class__}"]|map("format", given)|map(attribute="__class__")|list }}',
    "{% macro m() %}{{ caller }}{% endmacro %}{{ m._environment }}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{{ varargs.__class__ }}{% endmacro %}{{ m(1) }}",
    "{% set x = given.method %}{{ x.__call__ }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in [1] %}{{ loop._iterator.gi_frame }}{% endfor %}",
    '{% set g = [1]|map("string") %}{{ g.gi_frame.f_globals }}',
    '{% import "other" as o %}{{ o.__loader__ }}{{ o._body_stream }}',
    '{% include "/etc/passwd" %}',
    '{% include "../../etc/passwd" %}',
    '{% import "os" as os %}{{ os.system("id") }}',
    "{{ lipsum.__globals__ }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ undefined_name.__class__.__init__.__globals__ }}",
    "{{ (1).__class__.__base__ }}",
    "{{ true.real.__class__ }}",
    "{{ none.__class__ }}",
    "{{ given.number.as_integer_ratio() }}",
    '{{ "x".encode() }}',
    "{{ [].__reduce_ex__(2) }}",
    '{{ given.table.__setitem__("a", 2) }}',
    "{{ given.function.__closure__ }}",
    "{{ given.function.__builtins__ }}",
    "{{ given.coroutine.cr_frame }}",
)
"""Ways out of a template, among them the usual ones of the literature."""
CHANGES = (
    "{{ given.list.append(1) }}",
    "{{ given.list.clear() }}",
    "{{ given.list.sort() }}",
    '{{ given.table.update({"a": 2}) }}',
    '{{ given.table.pop("a") }}',
    "{{ given.table.clear() }}",
    '{{ given.table.setdefault("b", 1) }}',
    "{{ given.set.add(1) }}",
    '{{ given.list|attr("append")(1) }}',
    "{% set given.number = 2 %}",
)
GREEDY = (
    '{{ "a" * 300000000 }}',
    '{{ 300000000 * "a" }}',
    "{{ ([0] * 300000000)|length }}",
    "{{ 9 ** (9 ** 9) }}",
    "{{ 2 ** 300000000 }}",
    '{{ "%300000000d" % 1 }}',
    '{{ "%*d" % (300000000, 1) }}',
    '{{ "{:300000000}".format(1) }}',
    '{{ "{:{}}".format(1, 300000000) }}',
    '{{ "{x:>300000000}".format_map({"x": "a"}) }}',
    '{{ "%300000000d"|format(1) }}',
    '{{ "a"|center(300000000) }}',
    '{{ "a".center(300000000) }}',
    '{{ "a".ljust(300000000) }}',
    '{{ "a".zfill(300000000) }}',
    '{{ "a\\nb"|indent(300000000) }}',
    "{{ [1]|batch(300000000, 0)|list }}",
    "{{ [1]|slice(300000000)|list|length }}",
    "{{ 1.5|round(300000000, 'ceil') }}",
    "{{ (1).to_bytes(300000000) }}",
    '{{ "a"|indent(width=300000000, first=true) }}',
    '{{ "{:{x}}".format_map({"x": 300000000}) }}',
    "{{ range(1000000000) }}",
    "{% for x in range(1000000000) %}{% endfor %}",
    "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}",
    "{% for x in range(99999) %}{% for y in range(99999) %}aaaaaaaaaa{% endfor %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s %}{{ n.s }}{{ n.s }}{% endset %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = [n.s, n.s]|join %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = ''.join([n.s, n.s]) %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = n.s.replace('a', 'aa') %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = n.s|replace('a', 'aa') %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = '%s%s' % (n.s, n.s) %}{% endfor %}",
    "{% set n = namespace(s='aaaaaaaaaa') %}{% for x in range(99) %}{% set n.s = '{0}{0}'.format(n.s) %}{% endfor %}",
    "{% set n = namespace(s=[1]) %}{% for x in range(99) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s=(1,), t=(1,)) %}{% for x in range(99) %}{% set n.s = (n.s, n.s) %}{% set n.t = (n.t, n.t) %}{% endfor %}{{ n.s == n.t }}",
    "{% set n = namespace(s={}) %}{% for x in range(99) %}{% set n.s = {'a': n.s, 'b': n.s} %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s={}) %}{% for x in range(99) %}{% set n.s = dict(a=n.s, b=n.s) %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s=3) %}{% for x in range(99) %}{% set n.s = n.s * n.s %}{% endfor %}",
    "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(90) }}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% for x in range(9999) recursive %}{{ loop(range(9999)) if loop.depth < 9 }}{% endfor %}",
    '{% include "main" %}',
    '{% include "main" %}{% include "main" %}',
    '{{ range(99999)|map("center", 99999)|join }}',
    '{{ range(99999)|map("string")|map("center", 99999)|join }}',
    "{% set l = range(99999)|list %}{{ l|select('in', l)|list|length }}",
    "{% set l = range(99999)|list %}{% for x in l %}{% if -1 in l %}{% endif %}{% endfor %}",
    "{% set x %}{% for x in range(99999) %}aaaaaaaaaa{{ x }}{% endfor %}{% endset %}{{ x * 9 ~ x * 9 ~ x * 9 }}",
    '{{ range(99999)|map("string")|sum(start="") }}',
    "{{ [[0] * 999] * 99999 }}",
    "{{ (" * 3000 + "1" + ")" * 3000 + " }}",
    "{% for x in y %}" * 30 + "{% endfor %}" * 30,
    "{% if x %}" * 999 + "{% endif %}" * 999,
)
"""Templates that would take all time or all memory."""


class Given:
    number = 1.5

    def __init__(self):
        self.list, self.table, self.set = [3], {"a": 1}, {1}
        self.function = lambda: self

    def method(self):
        return "said"


def render(text, given=None, **limits):
    """What a template of that text prints."""
    texts = {"main": text, "other": "{% macro m() %}{% endmacro %}"}
    env = Sandbox(loader=DictLoader(texts), undefined=StrictUndefined, **limits)
    return env.get_template("main").render(given=given or Given())


@pytest.mark.parametrize("text", ESCAPES)
def test_no_way_leads_out_of_a_template(text):
    with pytest.raises(MISTAKES):
        render(text)


@pytest.mark.parametrize("text", CHANGES)
def test_a_template_changes_nothing_of_what_it_is_given(text):
    given = Given()
    with pytest.raises(MISTAKES):
        render(text, given)
    assert (given.list, given.table, given.set) == ([3], {"a": 1}, {1})


@pytest.mark.parametrize("text", GREEDY, ids=range(len(GREEDY)))
def test_a_template_that_would_take_all_time_or_memory_is_refused(text):
    began = time.thread_time()
    with pytest.raises(MISTAKES):
        render(text, work=400_000, seconds=0.05)
    assert time.thread_time() - began < 1.5


def test_what_a_template_imports_is_compiled_on_no_time_of_its_own():
    """Else a slow machine refuses a story the first time, and tells it the second time."""
    long = "{% macro said() %}" + "{{ x }}\n" * 4000 + "{% endmacro %}"
    env = Sandbox(loader=DictLoader({"long": long}), seconds=0.03)
    text = "{% import 'long' as long %}{% for x in range(200) %}{{ x }}{% endfor %}"
    assert env.from_string(text).render().endswith("198199")


def test_an_endless_template_ends_with_its_line_in_any_thread():
    found = []

    def endless():
        loop = "{% for x in range(99999) %}\n{% for y in range(99999) %}{{ y in [] }}"
        try:
            render(f"\n\n{loop}{{% endfor %}}{{% endfor %}}", work=10**9, seconds=0.1)
        except TemplateError as error:
            found.append((place_of(error, {"<template>"}), str(error)))

    thread = threading.Thread(target=endless)
    thread.start()
    thread.join(20)
    assert found == [
        (
            "<template>, line 4",
            "it takes longer than a template may; is there a loop without an end?",
        )
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{{ "a b".split()|join("-") }}', "a-b"),
        ('{{ "ab".replace("a", "c").upper() }}', "CB"),
        ('{{ "{:>4}|{}".format("a", 5918250) }}', "   a|5918250"),
        ('{{ "%s %d" % ("a", 20250108) }}', "a 20250108"),
        ("{{ given.table.a + given.list|sum(start=9999999) }}", "10000003"),
        ('{{ [20250108]|select("in", [20250108])|first }}', "20250108"),
        (
            "{% for x in 'ab' %}{{ loop.index }}{{ x }}{{ ',' if not loop.last }}{% endfor %}",
            "1a,2b",
        ),
        ("{% for a, b in {'x': 1}.items() %}{{ a }}{{ b }}{% else %}none{% endfor %}", "x1"),
        ("{{ given.method() }} {{ given['number'] }} {{ none|default(3, true) }}", "said 1.5 3"),
        ("{% for x in [1, 2] %}{{ loop.length }}{{ loop.revindex }} {% endfor %}", "22 21 "),
        (
            "{% set n = namespace(x=0) %}{% for x in [1, 2] %}{% set n.x = n.x + x %}{% endfor %}{{ n.x }}",
            "3",
        ),
    ],
)
def test_what_templates_usually_do_is_allowed(text, said):
    assert render(text) == said


def test_each_rendering_has_a_budget_of_its_own():
    env = Sandbox(loader=DictLoader({"main": "{{ 'a' * 9000 }}"}), work=20_000)
    texts = [env.get_template("main").render() for _ in range(5)]
    assert [len(text) for text in texts] == [9000] * 5


def test_what_is_not_marked_as_html_is_escaped_where_texts_are_joined():
    env = Sandbox(loader=DictLoader({"main": "{{ x ~ (y|safe) }}{{ x }}"}), autoescape=True)
    assert env.get_template("main").render(x="<", y="<b>") == "&lt;<b>&lt;"
