"""The seal of a brief: SHA-256 of every file, in its record and ``seal.json``.

A brief is checked when it is made. The seal says that nothing was changed
since: the record keeps the digest of each rendering and of the gate's page, and
``seal.json`` keeps the digest of the record, with a signature where the desk
has a key. Whoever sends, publishes or renders a brief verifies the seal first.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.config.sealing import Sealing
from reportgen.config.secrets import secret
from reportgen.core.errors import RecordError, SealError, SettingsError
from reportgen.files.outputs import Folder

SEAL, SCHEMA = "seal.json", "reportgen.seal/1"
KEYS = {"schema", "record", "sha256", "signature"}
RECORD, FAILED, GATE = "notebook.ipynb", "notebook.failed.ipynb", "gate.txt"
FAILED_SEAL = "seal.failed.json"
EDITS = "edits.toml"
EDITED = f"{EDITS} was changed since the brief was rendered; run 'reportgen render' on its folder"
ADOPT = "take it in as it is: reportgen seal {folder} --adopt"


def digest(data: bytes) -> str:
    """The SHA-256 of *data* in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def seal_of(record: bytes, sealing: Sealing, name: str = RECORD) -> bytes:
    """The bytes of the seal of *record*, signed where *sealing* names a key."""
    told = {"schema": SCHEMA, "record": name, "sha256": digest(record)}
    if sealing.required and not sealing.key:
        raise SettingsError(
            "[seal] requires a signature and names no key to sign with.",
            subject="key",
        )
    if sealing.key:
        told["signature"] = base64.b64encode(_private(sealing.key).sign(_signed(told))).decode()
    return _written(told)


def refuse_unready(sealing: Sealing) -> None:
    """Raise SettingsError where sealing would fail: a missing or invalid key."""
    seal_of(b"", sealing)


def _written(told: Mapping[str, Any]) -> bytes:
    return (json.dumps(dict(told), indent=1, sort_keys=True) + "\n").encode()


def _signed(told: Mapping[str, Any]) -> bytes:
    """What a signature is of: schema, name and digest of the record."""
    return _written({name: told[name] for name in ("schema", "record", "sha256")})


def _installed() -> None:
    """Raise SettingsError where the package for signatures is not installed."""
    from importlib.util import find_spec

    if find_spec("cryptography") is None:
        raise SettingsError(
            "Signed seals need the package cryptography; install it, or this"
            " program's extra 'seal'.",
            subject="seal",
        )


def _private(name: str) -> Any:
    _installed()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return _ed25519(
        name,
        lambda text: load_pem_private_key(text, password=None),
        "sign",
    )


def _public(name: str) -> Any:
    _installed()
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return _ed25519(name, load_pem_public_key, "verify")


def _ed25519(name: str, load: Any, does: str) -> Any:
    """The key in the variable *name*.

    Raises:
        SettingsError: It is none of Ed25519.
    """
    try:
        key = load(secret(name).encode())
        kind = type(key).__name__
    except (ValueError, TypeError):
        key, kind = None, ""
    if "Ed25519" not in kind or not hasattr(key, does):
        raise SettingsError(
            f"{name} holds no Ed25519 key in PEM that can {does} a seal.",
            subject=name,
        )
    return key


def verified(
    place: Folder,
    sealing: Sealing | None = None,
    *,
    editing: bool = False,
) -> dict[str, Any]:
    """The record of the brief in *place*, as JSON, after verifying its seal.

    Args:
        place: The folder of the brief.
        sealing: The desk's keys; by default none.
        editing: Accept a changed ``edits.toml``, which is about to be rendered.

    Raises:
        RecordError: There is no finished brief.
        SealError: A line for each file that was changed, is missing or does not
            belong, the true cause first.
    """
    sealing = sealing or Sealing()
    names = place.sizes()
    if RECORD not in names:
        failed = f" Its last run failed; {GATE} says why." if FAILED in names else ""
        raise RecordError(
            f"{place}/{RECORD} does not exist; give the folder of a brief.{failed}",
            subject=str(place),
        )
    data = place.read(RECORD)
    lines = list(_broken(place, SEAL, data, names, sealing))
    try:
        record: dict[str, Any] = json.loads(data)
        files = record["metadata"]["reportgen"]["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SealError(lines or [f"{RECORD} is not a record of this program"]) from None
    lines += _changed(place, files, names, editing=editing)
    if lines:
        raise SealError(lines)
    return record


def verified_failed(place: Folder, sealing: Sealing) -> bytes:
    """The notebook of a failed run in *place*, after verifying its own seal.

    Raises:
        SealError: It was changed, or lies beside a finished brief,
            which it would replace.
    """
    data, names = place.read(FAILED), place.sizes()
    lines = list(_broken(place, FAILED_SEAL, data, names, sealing, FAILED))
    if RECORD in names:
        lines.insert(
            0,
            f"{FAILED} does not belong beside {RECORD}, which is a finished brief",
        )
    if lines:
        raise SealError(lines)
    return data


def _broken(
    place: Folder,
    name: str,
    record: bytes,
    names: Mapping[str, int],
    sealing: Sealing,
    sealed: str = RECORD,
) -> Iterator[str]:
    """Why the seal *name* in *place* does not fit *record*; nothing if it does."""
    if name not in names:
        todo = ADOPT.format(folder=place) if _keeps_sizes(record) else "make the brief again"
        yield f"{sealed} has no seal: {name} is not there; {todo}"
        return
    data = place.read(name)
    try:
        told = json.loads(data)
        whole = {"schema", "record", "sha256"} <= set(told) <= KEYS and _written(told) == data
    except (ValueError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole or (told["schema"], told["record"]) != (SCHEMA, sealed):
        yield f"{name} was changed, so nothing proves the other files; make the brief again"
    elif told["sha256"] != digest(record):
        yield f"{sealed} is not the sealed record: it or {name} was changed; make the brief again"
    else:
        yield from _unsigned(told, name, sealing)


def _unsigned(
    told: Mapping[str, Any],
    name: str,
    sealing: Sealing,
) -> Iterator[str]:
    """Why the signature of a seal does not do, by the rules of the desk."""
    signature = told.get("signature", "")
    if not sealing.public:  # then none is required either
        return
    if not signature:
        if sealing.required:
            yield f"{name} is not signed, and [seal] requires it; make the brief again with the key"
        return
    _installed()
    from cryptography.exceptions import InvalidSignature

    try:
        proof = base64.b64decode(str(signature), validate=True)
        _public(sealing.public).verify(proof, _signed(told))
    except (InvalidSignature, ValueError):
        yield f"the signature in {name} is not of the key that {sealing.public} holds"


def _changed(
    place: Folder,
    files: Any,
    names: Mapping[str, int],
    *,
    editing: bool,
) -> Iterator[str]:
    """A line for each file of a brief that is not the one in its record."""
    if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
        if SEAL in names:
            yield f"{RECORD} keeps no digests, as 0.1.0 did; make the brief again"
        return
    for name, known in files.items():
        if name != EDITS or not editing:
            yield from _differs(place, name, known, names)
    if EDITS in names and EDITS not in files and not editing:
        yield EDITED
    others = sorted(name for name in set(names) - set(files) if name.startswith("brief."))
    yield from (f"{name} does not belong to this brief" for name in others)


def _differs(
    place: Folder,
    name: str,
    known: str,
    names: Mapping[str, int],
) -> Iterator[str]:
    """A line where the file *name* is missing, or its digest is not *known*."""
    if name not in names:
        todo = f"; run 'reportgen render {place}' to tell the brief without it"
        yield f"{name} is missing{todo if name == EDITS else ''}"
    elif digest(place.read(name)) != known:
        yield (EDITED if name == EDITS else f"{name} was changed since the brief was sealed")


def _keeps_sizes(record: bytes) -> bool:
    """Whether *record* keeps each file's size, as in 0.1.0, and not its digest."""
    try:
        files = json.loads(record)["metadata"]["reportgen"]["files"]
        return bool(files) and all(type(size) is int for size in files.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def unsealed(place: Folder) -> bool:
    """Whether the brief in *place* has no seal, as those of 0.1.0."""
    return SEAL not in place.sizes()


def adopted(place: Folder, sealing: Sealing) -> dict[str, bytes]:
    """The record and seal that adopt the brief in *place*, made by 0.1.0.

    That version kept the size of each file.

    Raises:
        SealError: A size is another, or the brief has a seal already.
    """
    names = place.sizes()
    if RECORD not in names:
        raise SealError([f"{place} holds no finished brief: {RECORD} is not there"])
    data = place.read(RECORD)
    if SEAL in names or not _keeps_sizes(data):
        raise SealError([f"{place} is not a brief of 0.1.0: nothing to adopt"])
    record = json.loads(data)
    kept = record["metadata"]["reportgen"]
    files = kept["files"]
    wrong = [name for name, size in files.items() if names.get(name) != size]
    if wrong:
        raise SealError([f"{name} is not the file that 0.1.0 wrote, by its size" for name in wrong])
    names_kept = [*files, *(name for name in (GATE, EDITS) if name in names)]
    kept["files"] = {name: digest(place.read(name)) for name in names_kept}
    kept["adopted"] = True
    data = json.dumps(record, ensure_ascii=False).encode()
    return {RECORD: data, SEAL: seal_of(data, sealing)}
