"""A machine that runs a generated workflow of GitHub, step by step.

It reads the file as GitHub does: commands go to a shell, expressions are computed, and the few
actions that a desk uses are done with folders on this disk. The repository is a bare one of Git. Two
programs of the machine stand in for what is elsewhere: ``gh`` for GitHub, and ``python -m pip`` for
the package index.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

NAME = re.compile(r"'[^']*'|[A-Za-z_][\w.-]*(?!\w)(?=\()|[A-Za-z_][\w.-]*")
STANDING_IN = {
    "gh": 'if [ "$1" = api ]; then echo "$PRIVATE"; else echo "$@" >> "$ISSUES"; fi',
    "python": '[ "$1 $2 $3" = "-m pip install" ]',
    "reportgen": f'exec "{sys.executable}" "$(dirname "$0")/clock.py" "$@"',
}
CLOCK = '''
"""The command at a moment that a test sets; from there, time goes on."""
import datetime, importlib, os, pkgutil, sys, time
import reportgen.cli

began, at = time.monotonic(), datetime.datetime.fromisoformat(os.environ["MOMENT"])

class Moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return at.astimezone(tz) + datetime.timedelta(seconds=time.monotonic() - began)

class Clock:
    datetime = Moment
    def __getattr__(self, name):
        return getattr(datetime, name)

for found in pkgutil.iter_modules(reportgen.cli.__path__):
    module = importlib.import_module(f"reportgen.cli.{found.name}")
    if hasattr(module, "dt"):
        module.dt = Clock()
sys.argv[0] = "reportgen"
reportgen.cli.entry()
'''


@dataclass(kw_only=True)
class Done:
    """What one run left: how it ended, its artifacts, the site it deployed, and what it printed."""

    ended: str = "success"
    artifacts: dict[str, list[str]] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    said: str = ""


@dataclass(kw_only=True)
class Runner:
    """What the runs of a workflow share: the repository, the cache, secrets and issues."""

    origin: Path
    shelf: Path
    secrets: dict[str, str]
    private: bool = True
    runs: int = 0

    def __post_init__(self) -> None:
        tools = self.shelf / "bin"
        tools.mkdir(parents=True)
        (self.shelf / "cache").mkdir()
        (tools / "clock.py").write_text(CLOCK)
        for name, text in STANDING_IN.items():
            (tools / name).write_text(f"#!/bin/sh\n{text}\n")
            (tools / name).chmod(0o755)

    @property
    def issues(self) -> str:
        """What was opened as an issue."""
        file = self.shelf / "issues"
        return file.read_text() if file.is_file() else ""

    def run(self, workflow: str, lost: Callable[[], bool] = lambda: False, **env: str) -> Done:
        """One run of *workflow*, a path in the repository, on a new machine.

        Where *lost* becomes true while a command runs, the machine is gone at once.
        """
        self.runs += 1
        place = self.shelf / f"machine-{self.runs}"
        where = ["clone", "--quiet", "--depth=1", f"file://{self.origin}", str(place)]
        subprocess.run(["git", *where], check=True)
        flow = yaml.safe_load((place / workflow).read_text())
        job = Job(self, place, flow["jobs"]["morning"], env, lost)
        for step in flow["jobs"]["morning"]["steps"]:
            if not job.step(step):
                break
        shutil.rmtree(place)
        return job.done


class Job:
    """One run of the steps of a job, on a machine of its own."""

    def __init__(
        self,
        runner: Runner,
        place: Path,
        job: dict[str, Any],
        env: dict[str, str],
        lost: Callable[[], bool],
    ) -> None:
        self.runner, self.place, self.lost = runner, place, lost
        self.done, self.staged = Done(), list[str]()
        self.outputs: dict[str, dict[str, str]] = {}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("REPORTGEN")}
        self.env = kept | {
            "PATH": f"{runner.shelf / 'bin'}:{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "desk/desk",
            "GITHUB_SERVER_URL": "https://example.com",
            "GITHUB_RUN_ID": str(runner.runs),
            "PRIVATE": str(runner.private).lower(),
            "ISSUES": str(runner.shelf / "issues"),
        }
        self.env |= env | self._texts(job.get("env", {}))

    def step(self, step: dict[str, Any]) -> bool:
        """Take *step*, if its condition holds; False where the machine was lost in it."""
        condition = str(step.get("if", "success()"))
        if "()" not in condition:
            condition = f"success() && ({condition})"
        if not self._value(condition):
            return True
        if "run" in step:
            ended = self._shell(step)
        else:
            action = step["uses"].partition("@")[0].removeprefix("actions/")
            ended = ACTIONS[action](self, self._texts(step.get("with", {}))) or "success"
        if ended != "success":
            self.done.ended = ended
        return ended != "lost"

    def _shell(self, step: dict[str, Any]) -> str:
        output = self.runner.shelf / "output"
        output.write_text("")
        env = self.env | self._texts(step.get("env", {})) | {"GITHUB_OUTPUT": str(output)}
        with subprocess.Popen(
            ["bash", "-e", "-c", self._text(step["run"])],
            cwd=self.place,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            while process.poll() is None:
                if self.lost():
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    return "lost"
                time.sleep(0.002)
            self.done.said += process.stdout.read() if process.stdout else ""
        if "id" in step:
            lines = output.read_text().splitlines()
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in lines)
        return "success" if process.returncode == 0 else "failure"

    # Expressions
    # ---------------------------------------------------------------------------

    def _texts(self, table: dict[str, Any]) -> dict[str, str]:
        return {name: self._text(str(value)) for name, value in table.items()}

    def _text(self, text: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda m: str(self._value(m[1]) or ""), text)

    def _value(self, expression: str) -> Any:
        """What an *expression* of GitHub is: names, texts, four functions and four operators."""

        def translated(found: re.Match[str]) -> str:
            word = found[0]
            following = expression[found.end() : found.end() + 1]
            return word if word[0] == "'" or following == "(" else f"of({word!r})"

        words = NAME.sub(translated, expression).replace("&&", " and ").replace("||", " or ")
        known = {
            "of": self._of,
            "always": lambda: True,
            "success": lambda: self.done.ended == "success",
            "failure": lambda: self.done.ended == "failure",
            "hashFiles": lambda name: "1" if (self.place / name).is_file() else "",
        }
        return eval(words, {"__builtins__": {}}, known)

    def _of(self, name: str) -> str | None:
        first, *rest = name.split(".")
        return {
            "secrets": lambda: self.runner.secrets.get(rest[-1]),
            "github": lambda: {"run_id": str(self.runner.runs), "run_attempt": "1"}.get(rest[-1]),
            "inputs": lambda: None,
            "steps": lambda: self.outputs.get(rest[0], {}).get(rest[-1]),
        }[first]()

    # Actions
    # ---------------------------------------------------------------------------

    def checkout(self, given: dict[str, str]) -> None:
        """The clone is there; its token is not, as the step says."""
        assert given["persist-credentials"] == "False"

    def python(self, given: dict[str, str]) -> None:
        """The Python of this test will do."""
        assert given["python-version"]

    def restore(self, given: dict[str, str]) -> None:
        """The newest cache whose key begins so."""
        kept = list((self.runner.shelf / "cache").glob(f"{given['restore-keys']}*"))
        if kept:
            newest = max(kept, key=lambda one: int(one.name.split("-")[-2]))
            shutil.copytree(newest, self.place, dirs_exist_ok=True)

    def save(self, given: dict[str, str]) -> None:
        """The paths that are there, below the key."""
        for path in map(Path, given["path"].split()):
            to = self.runner.shelf / "cache" / given["key"] / path
            to.parent.mkdir(parents=True, exist_ok=True)
            if (self.place / path).is_dir():
                shutil.copytree(self.place / path, to)
            elif (self.place / path).exists():
                shutil.copy2(self.place / path, to)

    def artifact(self, given: dict[str, str]) -> None:
        """The names of the files below the path; a path that is not there is left out."""
        if found := self._files(given["path"]):
            self.done.artifacts[given["name"]] = found

    def stage(self, given: dict[str, str]) -> None:
        """What is to be deployed."""
        self.staged = self._files(given["path"])

    def deploy(self, _: dict[str, str]) -> None:
        """What was staged is the site from now on."""
        self.done.pages = self.staged

    def _files(self, path: str) -> list[str]:
        below = self.place / path
        return sorted(p.relative_to(below).as_posix() for p in below.rglob("*") if p.is_file())


ACTIONS: dict[str, Callable[[Job, dict[str, str]], str | None]] = {
    "checkout": Job.checkout,
    "setup-python": Job.python,
    "cache/restore": Job.restore,
    "cache/save": Job.save,
    "upload-artifact": Job.artifact,
    "upload-pages-artifact": Job.stage,
    "deploy-pages": Job.deploy,
}
