"""Mutants of what checks and delivers briefs: the nearest tests must see each of them.

``python tools/mutate.py`` finds bounds and lines by rule, takes 60 and 20 of them evenly over the
files, and applies one at a time to a copy of the checkout. The nearest tests of its file run until
one fails. It prints a line a mutant, and exits with 1 where fewer than 95 in a hundred are killed.

- A *bound* is a number, moved by a tenth or by one, or a comparison, strict where it was not.
- A *line* is a raise or a call that is left out, a condition negated, or a guard removed.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import Queue
from typing import Self, TypeGuard

ROOT = Path(__file__).parents[1]
PACKAGE = "reportgen"
BOUNDS, LINES = 60, 20
LEAST = 0.95
"""The share of mutants that must be killed."""
CHECKS = ("verify/*.py", "verify/rendered/*.py", "datasets/validation/*.py")
"""Rooms with bounds, below the package."""
DELIVERY = (
    "publish/mail/*.py",
    "publish/ledger.py",
    "publish/recipients.py",
    "produce/telling.py",
    "verify/seal.py",
    "verify/gate.py",
)
"""Files of delivery and of the last check, below the package."""
FAR = ("end_to_end", "browser", "test_docs.py", "test_wheel.py")
"""Tests of the whole are near no file."""
TELLERS = frozenset({"told", "swaps"})
"""Modules of tests that make briefs."""
PARTS = (PACKAGE, "templates", "reports", "tests", "tools", "docs")
"""What a copy of the checkout has, beside the files at its top."""
TYPES = "TYPE_CHECKING"
"""What follows it is read by no run."""
TIDY = frozenset({"close", "quit", "setsockopt", "warm", "__init__"})
"""Calls that free, tune or prepare something: nobody sees that they are left out."""
HUNDRED = 100
"""A whole number from here on is moved by a tenth, as a fraction is, and a smaller one by one."""
SETS = ("set", "frozenset")
SLACK = 1e-5
"""A smaller number is for errors of rounding, and no test can tell it from one a tenth away."""
STRICT = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}
GOLDEN = (5**0.5 - 1) / 2
LONGEST = 600.0
"""Seconds after which tests hang."""
PASSED, NO_TESTS = 0, 5
"""Exit codes of pytest: where no test is quick enough to be run, none fails."""
FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s:]+\.py)", re.MULTILINE)
WARMING = re.compile(r"_?warm")
"""Names of functions that only fill caches."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file below the root, and the bytes of it that become others."""

    path: str
    line: int
    start: int
    end: int
    new: str
    what: str
    """What was changed, in words."""

    def applied(self, source: bytes) -> bytes:
        """The *source* of its file, changed."""
        return source[: self.start] + self.new.encode() + source[self.end :]


class Source:
    """A file, its tree, and the places of its parts."""

    def __init__(self, root: Path, path: str) -> None:
        self.path = path
        self.bytes = (root / path).read_bytes()
        self.tree = ast.parse(self.bytes)
        starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts
        self.fractions = {
            name.id
            for node in self.tree.body
            if isinstance(node, ast.Assign) and _has_fraction(node.value)
            for name in ast.walk(node.targets[0])
            if isinstance(name, ast.Name)
        }
        """Names at its top that are bounds of fractions."""

    def place(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        """The first byte of *node*, and the first behind it."""
        last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[last - 1] + end

    def text(self, node: ast.stmt | ast.expr) -> str:
        """What *node* is, as written."""
        start, end = self.place(node)
        return self.bytes[start:end].decode()

    def mutant(self, node: ast.stmt | ast.expr, new: str, what: str) -> Mutant:
        """The mutant in which *node* is *new*."""
        return Mutant(self.path, node.lineno, *self.place(node), new, what)


Rule = Callable[[Source], Iterator[Mutant]]
Parents = tuple[ast.AST, ...]

# What can be changed
# ------------------------------------------------------------------------------


def bounds(source: Source) -> Iterator[Mutant]:
    """Moved numbers and comparisons of *source*, in its order."""
    for node, parents in _walked(source.tree, ()):
        if isinstance(node, ast.Compare):
            yield from _comparisons(source, node)
        elif isinstance(node, ast.Constant) and _decides(node, parents):
            yield from _moved(source, node)


def _walked(node: ast.AST, parents: Parents) -> Iterator[tuple[ast.AST, Parents]]:
    """All nodes that can decide something, each with its parents."""
    if isinstance(node, ast.JoinedStr) or _is_warming(node):  # a text for people, or no rule
        return
    yield node, parents
    for child in ast.iter_child_nodes(node):
        yield from _walked(child, (*parents, node))


def _comparisons(source: Source, node: ast.Compare) -> Iterator[Mutant]:
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if type(operator) in STRICT and not any(_is_vague(source, one) for one in (left, right)):
            old, new = STRICT[type(operator)]
            start, end = source.place(left)[1], source.place(right)[0]
            between = source.bytes[start:end].decode()
            words = f"{old} is {new}: {_short(source.text(node))}"
            yield Mutant(source.path, right.lineno, start, end, between.replace(old, new, 1), words)
        left = right


def _has_fraction(node: ast.expr) -> bool:
    return any(isinstance(getattr(one, "value", None), float) for one in ast.walk(node))


def _is_vague(source: Source, node: ast.expr) -> bool:
    """Whether it makes no difference if a comparison with *node* is strict.

    Two fractions are hardly ever equal to the last bit; of sets, `<` says something else.
    """
    if isinstance(node, ast.Set) or getattr(getattr(node, "func", None), "id", "") in SETS:
        return True
    named = isinstance(node, ast.Name) and node.id in source.fractions
    return named or isinstance(getattr(node, "value", None), float)


def _decides(node: ast.Constant, parents: Sequence[ast.AST]) -> bool:
    """Whether a number is a bound.

    A fraction always is one, a whole number at the top of a file, in a comparison and as a default.
    Minus one is a direction, and so is one or the other.
    """
    if type(node.value) not in (int, float) or abs(node.value) < SLACK:
        return False
    if isinstance(parents[-1], ast.UnaryOp | ast.IfExp) and abs(node.value) == 1:
        return False
    if any(isinstance(one, ast.Subscript | ast.Slice) for one in parents[-3:]):
        return False
    if isinstance(node.value, float):
        return True
    function = any(isinstance(one, ast.FunctionDef | ast.Lambda) for one in parents)
    compared = any(isinstance(one, ast.Compare) for one in parents)
    return compared or not function or isinstance(parents[-1], ast.arguments)


def _moved(source: Source, node: ast.Constant) -> Iterator[Mutant]:
    value = node.value
    if isinstance(value, int):
        step = 1 if abs(value) < HUNDRED else value // 10
        moved: tuple[float, ...] = (value + step, value - step)
    else:
        moved = tuple(float(f"{value * by:.6g}") for by in (1.1, 0.9))
    for new in moved:
        yield source.mutant(node, repr(new), f"{source.text(node)} is {new!r}")


def lines(source: Source) -> Iterator[Mutant]:
    """Broken lines of *source*, in its order."""
    for node, _ in _walked(source.tree, ()):
        if isinstance(node, ast.Raise) or _is_call(node):
            yield source.mutant(node, "pass", f"without {_short(source.text(node))}")
        elif isinstance(node, ast.If | ast.IfExp):
            test = source.text(node.test)
            if test == TYPES:
                continue
            yield source.mutant(node.test, f"(not ({test}))", f"negated: if {_short(test)}")
            if _is_guard(node) and not source.text(node).startswith("elif"):
                yield source.mutant(node, "pass", f"without the guard: if {_short(test)}")


def _is_warming(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and WARMING.match(node.name) is not None


def _is_call(node: ast.AST) -> TypeGuard[ast.Expr]:
    """Whether *node* is a call for what it does."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    return getattr(called, "attr", getattr(called, "id", "")) not in TIDY


def _is_guard(node: ast.AST) -> bool:
    leaves = (ast.Return, ast.Raise, ast.Continue)
    return isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], leaves)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def found(root: Path, rooms: Iterable[str], rule: Rule, package: str = PACKAGE) -> list[Mutant]:
    """All mutants that *rule* finds in the files of *rooms*, by file and place."""
    paths = sorted({path for room in rooms for path in (root / package).glob(room)})
    return [
        mutant for path in paths for mutant in rule(Source(root, path.relative_to(root).as_posix()))
    ]


def chosen(mutants: Sequence[Mutant], wanted: int, seed: int = 0) -> list[Mutant]:
    """*wanted* of the *mutants*, evenly over the files, and in each file over its lines.

    The same each time; another *seed* chooses others.
    """
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.path, []).append(mutant)
    taken: list[Mutant] = []
    for turn in count(seed):
        for number, path in enumerate(by_file):
            rest = by_file[path]
            if rest and len(taken) < wanted:  # steps of the golden section never crowd
                one = rest[int((turn + number) * GOLDEN % 1 * len(rest))]
                taken.append(one)
                by_file[path] = [other for other in rest if other.line != one.line]
        if len(taken) == wanted or not any(by_file.values()):
            break
    return sorted(taken, key=lambda one: (one.path, one.start, one.new))


# What sees it
# ------------------------------------------------------------------------------


def imported(path: Path) -> set[str]:
    """The full names of all that the file *path* imports."""
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return names


def nearest(root: Path, path: str) -> list[list[str]]:
    """The tests of the file *path*: the quick ones, and those that make a brief.

    First those that import it, then those in the folder of ``tests`` that is named like the deepest
    one of the file, then those that import something of that folder. Tests of the whole are near no
    file.
    """
    module = Path(path).with_suffix("")
    whole, around = ".".join(module.parts), ".".join(module.parent.parts)
    names = module.parent.parts[1:]
    deepest = next(
        root.joinpath("tests", *names[:depth])
        for depth in range(len(names), -1, -1)
        if root.joinpath("tests", *names[:depth]).is_dir()
    )
    found: list[tuple[bool, bool, str]] = []
    for test in sorted((root / "tests").rglob("test_*.py")):
        used = imported(test)
        of_it = whole in used and test.relative_to(root / "tests").parts[0] not in FAR
        beside = test.is_relative_to(root.joinpath("tests", *names[:1])) and any(
            f"{name}.".startswith(f"{around}.") for name in used
        )
        if of_it or beside or test.parent == deepest:
            place = test.relative_to(root).as_posix()
            found.append((not of_it, test.parent != deepest, place))
    groups: tuple[list[str], list[str]] = ([], [])
    for *_, place in sorted(found):
        groups[_is_slow(root / place, root / "tests")].append(place)
    return list(filter(None, groups))


def _is_slow(test: Path, tests: Path) -> bool:
    """Whether a file of *tests* makes a brief, or runs the command line.

    What its folders share does so, and some of what it may import.
    """
    above = [folder / "conftest.py" for folder in test.parents if folder.is_relative_to(tests)]
    shared = {
        node.name
        for conftest in filter(Path.is_file, above)
        for node in ast.parse(conftest.read_bytes()).body
        if isinstance(node, ast.FunctionDef)
    }
    asked = {
        node.arg for node in ast.walk(ast.parse(test.read_bytes())) if isinstance(node, ast.arg)
    }
    return bool(asked & shared) or not imported(test).isdisjoint(TELLERS)


class Copy:
    """A copy of the checkout in *folder*, in which one file at a time is a mutant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, root: Path, folder: Path) -> Self:
        """A new one of the checkout at *root*, with the times of its files."""
        skip = shutil.ignore_patterns(".*")
        for part in PARTS:
            if (root / part).is_dir():
                shutil.copytree(root / part, folder / part, ignore=skip)
        for path in root.iterdir():
            if path.is_file() and not path.name.startswith("."):
                shutil.copy2(path, folder / path.name)
        return cls(folder)

    def failing(self, tests: Sequence[str]) -> str | None:
        """The file of the first of *tests* that fails, the first of all if they hang; or None."""
        env = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        words = ["-m", "pytest", "-x", "-q", "-rfE", "-p", "no:cacheprovider", *tests]
        words += [f"--basetemp={self.folder / 'files'}"]
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=self.folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            told, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return tests[0]
        if process.returncode in (PASSED, NO_TESTS):
            return None
        named = FAILED.search(told)
        return named[1] if named else tests[0]

    def killer(self, mutant: Mutant, tests: Sequence[Sequence[str]]) -> str | None:
        """The file of *tests* that sees *mutant*, None where it survives; group after group."""
        path = self.folder / mutant.path
        source = path.read_bytes()
        try:
            self._write(path, mutant.applied(source))
            return next(filter(None, map(self.failing, tests)), None)
        finally:
            self._write(path, source)

    def _write(self, path: Path, source: bytes) -> None:
        """Write a file; what was compiled of it could be taken for that of another in a second."""
        path.write_bytes(source)
        for old in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            old.unlink()


# The run
# ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant, the file of tests that saw it, if any, and after how many seconds."""

    mutant: Mutant
    killer: str | None
    seconds: float

    def __str__(self) -> str:
        word = "killed" if self.killer else "SURVIVED"
        place = f"{self.mutant.path}:{self.mutant.line}: {self.mutant.what}"
        by = f", by {Path(self.killer).name}" if self.killer else ""
        return f"{word:<9}{self.seconds:4.0f} s  {place}{by}"


class Bench:
    """Copies of the checkout at *root*, one for each job."""

    def __init__(self, root: Path, jobs: int) -> None:
        self.root = root
        self.jobs = jobs
        self._free: Queue[Copy] = Queue()
        self._sound = set[str]()
        """Tests that pass where nothing is changed."""

    def judged(self, mutants: Sequence[Mutant]) -> Iterator[Judged]:
        """Each of *mutants* before its nearest tests, in their order.

        Raises:
            SystemExit: A test also fails where nothing is changed: then it says nothing.
        """
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(self.jobs) as pool:
            for number in range(self.jobs):
                self._free.put(Copy.of(self.root, Path(folder) / str(number)))
            yield from pool.map(self._judge, mutants)

    def _judge(self, mutant: Mutant) -> Judged:
        start = time.monotonic()
        copy = self._free.get()
        try:
            killer = copy.killer(mutant, nearest(self.root, mutant.path))
            if killer is not None and killer not in self._sound:
                if copy.failing([killer]):
                    raise SystemExit(f"Of the unchanged code, {killer} fails.")
                self._sound.add(killer)
        finally:
            self._free.put(copy)
        return Judged(mutant, killer, time.monotonic() - start)


def main(args: Sequence[str]) -> int:
    """Print a line a mutant and the share that was killed; 1 where it is less than `LEAST`."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time")
    parser.add_argument("--seed", type=int, default=0, help="another number chooses other mutants")
    parser.add_argument("--only", default="", help="only mutants of files with this in their path")
    parser.add_argument("--list", action="store_true", help="print what would be changed")
    asked = parser.parse_args(args)
    mutants = [
        *chosen(found(ROOT, CHECKS, bounds), BOUNDS, asked.seed),
        *chosen(found(ROOT, DELIVERY, lines), LINES, asked.seed),
    ]
    mutants = [one for one in mutants if asked.only in one.path]
    if asked.list:
        print("\n".join(f"{one.path}:{one.line}: {one.what}" for one in mutants))
        return 0
    killed = 0
    for one in Bench(ROOT, asked.jobs).judged(mutants):
        killed += one.killer is not None
        print(one, flush=True)
    share = killed / len(mutants) if mutants else 1.0
    print(f"{killed} of {len(mutants)} mutants were killed; at least {LEAST:.0%} must be.")
    return int(share < LEAST)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
