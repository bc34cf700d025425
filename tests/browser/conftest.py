"""The sample brief, a browser that can reach no network,
and packages of the npm registry for the session."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from inprocess import Sample
from postbox import PASSWORD, Postbox, readers

from reportgen.config.settings import Settings
from reportgen.publish.config import read_config
from reportgen.publish.ledger import Ledger
from reportgen.publish.mail.sending import Errand, send
from reportgen.publish.release import finished
from reportgen.rendering import email as as_email

SENT = dt.datetime(2025, 1, 8, 18, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def folder(sample_brief: Sample) -> Path:
    """The folder of the sample brief."""
    return sample_brief.folder


@pytest.fixture(scope="session")
def html(folder: Path) -> Path:
    """The page."""
    return folder / "brief.html"


@pytest.fixture(scope="session")
def received(sample_brief: Sample, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The sample brief's mail as a server got it, from a desk whose pages can be read somewhere."""
    place = tmp_path_factory.mktemp("mail")
    folder = shutil.copytree(sample_brief.folder, place / "small-caps" / sample_brief.folder.name)
    linked = Settings(page_url="https://reportgen.example/{report}/{label}/")
    (folder / "brief.eml").write_bytes(as_email.render(sample_brief.brief, linked).data)
    with pytest.MonkeyPatch.context() as patch, Postbox(place) as postbox:
        patch.setenv("SMTP_PASSWORD", PASSWORD)
        (place / "reportgen.toml").write_text(
            postbox.config(unsubscribe="https://reportgen.example/leave?who={address}")
        )
        desk = read_config(place / "reportgen.toml")
        errand = Errand(
            brief=finished(folder),
            readers=readers(),
            mail=desk.mailer(),
            suppression=desk.suppression,
        )
        assert [
            told.state for told in send(errand, Ledger(place / "outbox.sqlite"), lambda: SENT)
        ] == ["sent"]
        return postbox.messages[0][1]


def _missing(what: str) -> None:
    """Fail where nothing may be missing, skip elsewhere, and say what for."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must have it.")
    pytest.skip(f"{what} is missing.")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The browser of the session."""
    try:
        import chromium
    except ImportError:
        _missing("websockets (the extra 'browser')")
    program = chromium.find()
    if program is None:
        _missing("Chromium")
    opened = chromium.Browser(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def new_page(browser: object) -> Iterator[Callable[..., object]]:
    """Opens fresh pages, and closes them after the test."""
    pages = []

    def fresh(**look: object) -> object:
        pages.append(browser.page(**look))
        return pages[-1]

    yield fresh
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Fetches a package of the npm registry, such as "axe-core@4", and says where its files are."""
    store = tmp_path_factory.mktemp("npm")

    def fetch(package: str) -> Path:
        program = shutil.which("npm")
        if program is None:
            _missing("npm")
        place = store / package.partition("@")[0]
        if not place.is_dir():
            place.mkdir()
            done = subprocess.run(
                [program, "pack", package, "--silent", "--pack-destination", str(place)],
                capture_output=True,
                text=True,
                cwd=place,
                check=False,
            )
            if done.returncode:
                place.rmdir()
                _missing(f"the npm package {package} ({done.stderr.strip()[-200:]})")
            with tarfile.open(next(place.glob("*.tgz"))) as archive:
                archive.extractall(place, filter="data")
        return place / "package"

    return fetch
