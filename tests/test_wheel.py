"""The wheel, built from the sdist and installed in a clean environment,
works from the root folder."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from transcripts import transcript

from reportgen import __version__

pytestmark = pytest.mark.wheel
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist of the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    assert len(list(folder.glob("*.tar.gz"))) == 1
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment, in which the container's own line installed the
    wheel and what it needs."""
    copied = tmp_path_factory.mktemp("copied")
    for file in (wheel, ROOT / "constraints.txt"):
        shutil.copy(file, copied)
    command = re.search(r"^RUN (.*)$", (ROOT / "tools" / "Dockerfile").read_text(), re.MULTILINE)
    return clean(copied, command[1].replace("/tmp/reportgen", str(copied)))


def clean(place: Path, *commands: str) -> Path:
    """The bin folder of a new environment after a shell ran *commands* in *place*,
    with its Python first on the path."""
    env = place.parent / f"{place.name}-env"
    venv.create(env, with_pip=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "REPORTGEN"))}
    kept |= {
        "PATH": f"{env / 'bin'}:{kept['PATH']}",
        "PIP_QUIET": "1",
        "PIP_NO_COMPILE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    for command in commands:
        done = subprocess.run(
            ["sh", "-euc", command],
            cwd=place,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
    return env / "bin"


def git(place: Path) -> str:
    """The address of a Git repository of the checkout's files at *place*, with the commit."""
    shutil.copytree(
        ROOT,
        place,
        ignore=shutil.ignore_patterns(".git", ".venv", "out", "dist", "__pycache__", "tests"),
    )
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*who, "commit", "--quiet", "--message", "all"],
    ):
        subprocess.run(["git", *words], cwd=place, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=place, check=True, capture_output=True, text=True
    )
    return f"git+file://{place}@{head.stdout.strip()}"


WAYS = ("wheel", "git", "checkout")
"""The ways to install it; the tests of each have a worker for themselves."""


@pytest.fixture(
    scope="module", params=[pytest.param(way, marks=pytest.mark.xdist_group(way)) for way in WAYS]
)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a copy that was installed in each of the ways there are."""
    if request.param == "checkout":
        return Path(sys.executable).parent
    if request.param == "wheel":
        return request.getfixturevalue("installed")
    place = tmp_path_factory.mktemp("of-git")
    pinned = f"--constraint {ROOT / 'constraints.txt'} '{git(place / 'repository')}'"
    return clean(place, f"python -m pip install {pinned}")


@pytest.fixture
def desk(program: Path, tmp_path: Path) -> Path:
    """A desk that ``init`` wrote."""
    call(str(program / "reportgen"), "init", str(tmp_path / "desk"))
    return tmp_path / "desk"


def test_the_workflow_installs_the_copy_that_wrote_it(desk: Path):
    """Its Install step, run from the file in a clean environment, gives this very program,
    which makes the desk's brief."""
    flow = yaml.safe_load((desk / ".github/workflows/desk-recap.yml").read_text())
    step = next(
        step["run"] for step in flow["jobs"]["morning"]["steps"] if step.get("name") == "Install"
    )
    command = clean(desk, step) / "reportgen"
    assert call(str(command), "--version") == f"reportgen, version {__version__}\n"
    assert call(
        "sh", "-c", f"cd {desk} && {command} run desk-recap --as-of 2025-01-08 --format txt"
    ).split()


@pytest.mark.xdist_group("wheel")
def test_a_vendored_file_that_was_changed_is_not_installed(installed, tmp_path):
    """The Install step ends at the first file whose SHA-256 is another."""
    call(str(installed / "reportgen"), "init", str(tmp_path / "desk"))
    flow = yaml.safe_load((tmp_path / "desk/.github/workflows/desk-recap.yml").read_text())
    step = next(
        step["run"] for step in flow["jobs"]["morning"]["steps"] if step.get("name") == "Install"
    )
    packed = next((tmp_path / "desk/vendor").glob("*.whl"))
    packed.write_bytes(packed.read_bytes()[:-1] + b"x")
    done = subprocess.run(
        ["sh", "-euc", step], cwd=tmp_path / "desk", capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "FAILED" in done.stdout


def call(*command: str) -> str:
    """What *command* prints, called from the root folder without the checkout in reach."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.xdist_group("wheel")
def test_it_runs_renders_checks_and_exports_from_the_root_folder(installed, tmp_path):
    """run, check, render and nbconvert, one after the other on the same brief."""
    paths = call(
        str(installed / "reportgen"),
        "run",
        "small-caps",
        "--as-of",
        "2025-01-08 13:00",
        "--out",
        str(tmp_path),
    ).split()
    assert [Path(p).suffix for p in paths] == [
        ".html",
        ".pdf",
        ".eml",
        ".txt",
        ".json",
        ".txt",
        ".ipynb",
        ".json",
    ]
    folder = Path(paths[0]).parent
    assert "borne out" in call(str(installed / "reportgen"), "check", str(folder))
    call(str(installed / "reportgen"), "render", str(folder), "--out", str(tmp_path / "again"))
    assert (tmp_path / "again" / "brief.pdf").read_bytes() == (folder / "brief.pdf").read_bytes()
    call(
        str(installed / "jupyter"),
        "nbconvert",
        "--to",
        "brief",
        str(folder / "notebook.ipynb"),
        "--output",
        str(tmp_path / "exported"),
    )
    assert (tmp_path / "exported.html").read_bytes() == (folder / "brief.html").read_bytes()
    assert "BAD" not in call(str(installed / "reportgen"), "doctor")


@contextmanager
def running(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block, whatever happens in it."""
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def mail_server() -> Iterator[None]:
    """The server of the tutorial, which keeps what it gets to itself: one at a time."""
    command = (sys.executable, "-m", "aiosmtpd", "-n", "-l", "localhost:8025")
    with (Path(tempfile.gettempdir()) / "reportgen-tutorial.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with running(*command, stdout=subprocess.DEVNULL):
            yield


def unvendored(printed: str) -> list[str]:
    """The lines of what a command printed without those of ``vendor/``.

    The tutorial shows those of a wheel; a desk made by another copy has fewer.
    """
    return [line for line in printed.strip().splitlines() if not line.startswith("desk/vendor/")]


def test_the_first_hour_goes_as_the_tutorial_says(program, tmp_path):
    """Every command of it in a new folder, to a sent mail, with what it prints.

    Two lines are edited.
    """
    text = (ROOT / "docs" / "tutorial" / "your-desk.md").read_text()
    note, name = re.findall(r"```toml\n(title = .*)\n```", text)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "REPORTGEN"))}
    env |= {
        "PATH": f"{program}:{env['PATH']}",
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    place, ran = tmp_path, []
    with mail_server():
        for command, printed in transcript(text):
            if command == "cd desk":
                place = tmp_path / "desk"
                for file, line in (
                    ("reports/desk-recap/report.toml", note),
                    ("reportgen.toml", name),
                ):
                    told = (place / file).read_text()
                    (place / file).write_text(
                        re.sub(
                            r"^title = .*$",
                            lambda _, new=line: new,
                            told,
                            count=1,
                            flags=re.MULTILINE,
                        )
                    )
            elif "serve" in command:
                with running(
                    *command.split(), "--port", "0", cwd=place, env=env, stdout=subprocess.PIPE
                ) as serving:
                    assert urllib.request.urlopen(serving.stdout.readline().strip()).status == 200
            elif not command.startswith(("pip", "python -m")) and command != "./morning.sh":
                shown = command.replace("preview", "preview --no-open")
                done = subprocess.run(
                    shown,
                    shell=True,
                    cwd=place,
                    env=env,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, (command, done.stderr)
                assert not printed or unvendored(done.stdout) == unvendored(printed), command
                ran.append(command)
    assert len(ran) == 10
    assert "The morning note" in (place / "out/desk-recap/2025-01-08/brief.txt").read_text()
    assert "The Example Desk" in (place / "archive/index.html").read_text()
    assert (place / "archive/briefs/desk-recap/2025-01-07/index.html").is_file()
