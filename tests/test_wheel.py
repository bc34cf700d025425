"""The wheel, built from the sdist and installed in a clean environment, works from the root folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest
from transcripts import transcript

pytestmark = pytest.mark.wheel
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment that holds nothing but the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True)
    assert len(list(folder.glob("*.tar.gz"))) == 1  # the wheel was built from it
    venv.create(folder / "env", with_pip=True)
    wheel = next(folder.glob("*.whl"))
    pip = [str(folder / "env/bin/pip"), "--quiet", "--disable-pip-version-check", "install", "--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return folder / "env" / "bin"


def call(*command: str) -> str:
    """What *command* prints, called from the root folder without the checkout in reach."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_runs_renders_checks_and_exports_from_the_root_folder(installed, tmp_path):
    """run, check, render and nbconvert, one after the other on the same brief."""
    paths = call(str(installed / "reportgen"), "run", "small-caps", "--as-of", "2025-01-08 13:00", "--out", str(tmp_path)).split()
    assert [Path(p).suffix for p in paths] == [".html", ".pdf", ".eml", ".txt", ".json", ".txt", ".ipynb"]
    folder = Path(paths[0]).parent
    assert "borne out" in call(str(installed / "reportgen"), "check", str(folder))
    call(str(installed / "reportgen"), "render", str(folder), "--out", str(tmp_path / "again"))
    assert (tmp_path / "again" / "brief.pdf").read_bytes() == (folder / "brief.pdf").read_bytes()
    call(str(installed / "jupyter"), "nbconvert", "--to", "brief", str(folder / "notebook.ipynb"), "--output", str(tmp_path / "exported"))
    assert (tmp_path / "exported.html").read_bytes() == (folder / "brief.html").read_bytes()
    assert "BAD" not in call(str(installed / "reportgen"), "doctor")


def test_the_first_hour_goes_as_the_tutorial_says(installed, tmp_path):
    """Every command of it, in a folder of nothing, with what it prints; the two lines are edited as it says."""
    text = (ROOT / "docs" / "tutorial" / "your-desk.md").read_text()
    note, name = re.findall(r"```toml\n(title = .*)\n```", text)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "REPORTGEN"))}
    env |= {"PATH": f"{installed}:{env['PATH']}", "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    place, ran = tmp_path, []
    with subprocess.Popen([sys.executable, "-m", "aiosmtpd", "-n", "-l", "localhost:8025"], stdout=subprocess.DEVNULL) as server:
        for command, printed in transcript(text):
            if command == "cd desk":
                place = tmp_path / "desk"
                for file, line in (("reports/desk-recap/report.toml", note), ("reportgen.toml", name)):
                    told = (place / file).read_text()
                    (place / file).write_text(re.sub(r"^title = .*$", lambda _, new=line: new, told, count=1, flags=re.MULTILINE))
            elif "serve" in command:
                with subprocess.Popen([*command.split(), "--port", "0"], cwd=place, env=env, stdout=subprocess.PIPE, text=True) as serving:
                    assert urllib.request.urlopen(serving.stdout.readline().strip()).status == 200
                    serving.terminate()
            elif not command.startswith(("pip", "python -m aiosmtpd")) and command != "./morning.sh":
                shown = command.replace("preview", "preview --no-open")
                done = subprocess.run(shown, shell=True, cwd=place, env=env, capture_output=True, text=True, check=False)
                assert done.returncode == 0, (command, done.stderr)
                assert not printed or done.stdout.strip() == printed, command
                ran.append(command)
        server.terminate()
    assert len(ran) == 10
    assert "The morning note" in (place / "out/desk-recap/2025-01-08/brief.txt").read_text()
    assert "The Example Desk" in (place / "archive/index.html").read_text()
    assert (place / "archive/briefs/desk-recap/2025-01-07/index.html").is_file()
