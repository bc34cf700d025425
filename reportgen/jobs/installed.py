"""How to install the running copy elsewhere, each file by its SHA-256.

The name on the package index is not registered yet, so nothing here installs
this program from an index by name: a desk gets the wheel itself, in ``vendor/``.
What the program needs comes from an index, pinned by version and hash.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlparse

from reportgen import __version__
from reportgen.config.resources import PACKAGE, resource_dirs
from reportgen.core.errors import SettingsError

DISTRIBUTION = "reportgen-briefs"
"""The name of the distribution; package and command are called reportgen."""
VENDOR = "vendor"
"""The folder of a desk with what its scheduler installs."""
REQUIREMENTS, SUMS = "requirements.txt", "SHA256SUMS"
COMMANDS = (
    f"(cd {VENDOR} && sha256sum --check {SUMS})",
    f"python -m pip install --require-hashes --requirement {VENDOR}/{REQUIREMENTS}",
    f"python -m pip install --no-deps --no-index {VENDOR}/*.whl",
)
"""The shell commands that install from ``vendor/``, as far as nothing was changed there."""
LEFT_OUT = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
"""Files of an installation that are not part of the wheel."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of each file in a packed wheel, so that the same copy
gives the same bytes.
"""


def vendored() -> dict[str, bytes]:
    """The files of ``vendor/``: the wheel, what it needs, and the sums of both.

    A copy from a wheel gives that wheel; any other gives a wheel that is packed
    from its files, the same bytes for the same copy.

    Raises:
        SettingsError: The copy is not installed.
    """
    found = _distribution()
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    name, wheel = _wheel(found, origin)
    files = {REQUIREMENTS: _requirements(), name: wheel}
    sums = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())
    )
    return {**files, SUMS: sums.encode()}


def _distribution() -> Distribution:
    """The installed distribution of this package.

    Raises:
        SettingsError: There is none, or it is another version.
    """
    try:
        found = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise SettingsError(
            f"{PACKAGE} is not an installed copy, so nothing can be said of how"
            " to install it elsewhere. Install it first: python -m pip install"
            " FOLDER-OR-WHEEL.",
            subject=PACKAGE,
        ) from None
    if found.version != __version__:
        raise SettingsError(
            f"The installed metadata are of version {found.version}, the code is {__version__}. "
            "Install the checkout again: python -m pip install --editable .",
            subject=DISTRIBUTION,
        )
    return found


def _requirements() -> bytes:
    """What this copy needs, by the versions it was tested with and their hashes.

    Inside a wheel, or beside the package in a checkout.
    """
    inside = PACKAGE / REQUIREMENTS
    return (inside if inside.is_file() else PACKAGE.parent / REQUIREMENTS).read_bytes()


def _wheel(
    found: Distribution,
    origin: Mapping[str, object],
) -> tuple[str, bytes]:
    """Name and bytes of the wheel of this copy.

    The one that it was installed from, or one packed from its files.
    """
    source = Path(unquote(urlparse(str(origin.get("url", ""))).path))
    if "archive_info" in origin and source.suffix == ".whl" and source.is_file():
        return source.name, source.read_bytes()
    return f"{DISTRIBUTION.replace('-', '_')}-{__version__}-py3-none-any.whl", _packed(found)


def _packed(found: Distribution) -> bytes:
    """A wheel of the files of this copy, as ``pip install`` would leave them."""
    info = f"{DISTRIBUTION.replace('-', '_')}-{__version__}.dist-info"
    files = dict(sorted(_package_files()))
    files |= {f"{info}/{name}": data for name, data in _metadata(found)}
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: reportgen\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    rows = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _package_files() -> Iterator[tuple[str, bytes]]:
    """The files of the package by their names in a wheel, with its resources."""
    shipped = [(name, resource_dirs(name)[-1]) for name in ("templates", "reports")]
    for prefix, folder in (("", PACKAGE), *shipped):
        for path in folder.rglob("*"):
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts):
                name = path.relative_to(folder).as_posix()
                yield f"reportgen/{prefix}/{name}".replace("//", "/"), path.read_bytes()
    yield f"reportgen/{REQUIREMENTS}", _requirements()


def _metadata(found: Distribution) -> Iterator[tuple[str, bytes]]:
    """The files of the installed metadata that belong into a wheel."""
    for path in found.files or ():
        folder, _, name = path.as_posix().partition(".dist-info/")
        if name and name not in (*LEFT_OUT, "WHEEL") and "/" not in folder:
            yield name, path.read_binary()


def _digest(data: bytes) -> str:
    """The SHA-256 of *data* as in RECORD: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
