"""One byte of a finished brief changes, anywhere.

Its seal does not hold, with a line that names the file.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from reportgen.config.sealing import Sealing
from reportgen.config.settings import Settings
from reportgen.core.errors import RecordError, SealError, SettingsError
from reportgen.files.outputs import LocalFolder
from reportgen.produce.pipeline import produce
from reportgen.record.request import Request, load_report
from reportgen.verify.seal import adopted, digest, seal_of, unsealed, verified, verified_failed

FILES = (
    "brief.html",
    "brief.pdf",
    "brief.eml",
    "brief.txt",
    "brief.json",
    "gate.txt",
    "notebook.ipynb",
    "seal.json",
)
PLACES = 40


@pytest.fixture
def brief(sample_brief, tmp_path):
    """A copy of a finished brief, to be changed."""
    return shutil.copytree(sample_brief.folder, tmp_path / "brief")


@pytest.fixture(scope="module")
def keys():
    """A private key and its public one, in PEM."""
    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), public.decode()


@pytest.fixture
def signing(keys, monkeypatch):
    """A desk that signs its seals and requires it."""
    monkeypatch.setenv("SEAL_KEY", keys[0])
    monkeypatch.setenv("SEAL_PUBLIC", keys[1])
    return Sealing(key="SEAL_KEY", public="SEAL_PUBLIC", required=True)


def lines(folder, sealing=None, **how):
    """What is said against the seal of the brief in *folder*."""
    with pytest.raises(SealError) as refused:
        verified(LocalFolder(folder), sealing, **how)
    return refused.value.lines


def test_it_keeps_a_digest_of_every_file(brief):
    """And nothing else lies in the folder."""
    record = verified(LocalFolder(brief))
    kept = set(record["metadata"]["reportgen"]["files"]) | {"notebook.ipynb", "seal.json"}
    assert kept == {path.name for path in brief.iterdir()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_one_byte_changed_at_forty_places_is_seen_each_time(brief, name):
    """The first, the last and others between: each is one line that names the file."""
    path, whole = brief / name, (brief / name).read_bytes()
    places = {0, len(whole) - 1, *random.Random(name).sample(range(len(whole)), PLACES - 2)}
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        (line,) = lines(brief)
        assert name in line
    path.write_bytes(whole)
    verified(LocalFolder(brief))


def edited(folder, name, change):
    """Change the text of a file by *change*."""
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


EDITS = {
    "picture in the page": ("brief.html", lambda b: b.replace(b"</main>", b"<svg></svg></main>")),
    "script in the page": ("brief.html", lambda b: b.replace(b"</body>", b"<script>1</script>")),
    "two names swapped": (
        "brief.html",
        lambda b: b.replace(b"Nasdaq", b"@").replace(b"Dow", b"Nasdaq").replace(b"@", b"Dow"),
    ),
    "lines of the text backwards": ("brief.txt", lambda b: b"\n".join(reversed(b.split(b"\n")))),
    "Bcc in the mail": ("brief.eml", lambda b: b"Bcc: x@example.com\r\n" + b),
    "attachment in the mail": ("brief.eml", lambda b: b + b"\r\n--x\r\nupdate.exe"),
    "key twice in the data": ("brief.json", lambda b: b.replace(b"{", b'{"title":"x",', 1)),
    "part of the PDF": ("brief.pdf", lambda b: b + b"\n%%EOF"),
    "cut PDF": ("brief.pdf", lambda b: b[: len(b) // 2]),
    "empty page": ("brief.html", lambda _: b""),
    "verdict": ("gate.txt", lambda b: b.replace(b"SEND", b"HOLD")),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_structure_is_seen(brief, name):
    """Also where every number stays."""
    file, change = EDITS[name]
    edited(brief, file, change)
    assert lines(brief) == (f"{file} was changed since the brief was sealed",)


def test_a_file_that_is_missing_is_named(brief):
    """One by one."""
    (brief / "brief.pdf").unlink()
    (brief / "gate.txt").unlink()
    assert sorted(lines(brief)) == ["brief.pdf is missing", "gate.txt is missing"]


def test_a_file_that_does_not_belong_is_named(brief):
    """An old rendering that nothing proves."""
    (brief / "brief.md").write_text("S&P 500 crashes")
    assert lines(brief) == ("brief.md does not belong to this brief",)


def test_two_files_exchanged_are_both_named(brief):
    """Each has the digest of the other."""
    page, text = brief / "brief.html", brief / "brief.txt"
    page_bytes = page.read_bytes()
    page.write_bytes(text.read_bytes())
    text.write_bytes(page_bytes)
    assert len(lines(brief)) == 2


def test_the_true_cause_comes_first(brief):
    """A changed record is why, and the files below it follow."""
    edited(brief, "notebook.ipynb", lambda b: b.replace(b"cell", b"call", 1))
    edited(brief, "brief.txt", lambda b: b + b"x")
    first, second = lines(brief)
    assert first.startswith("notebook.ipynb is not the sealed record")
    assert second == "brief.txt was changed since the brief was sealed"


def test_edits_of_a_person_are_told_before_they_count(brief):
    """Who renders takes them in; who sends is told to render."""
    (brief / "edits.toml").write_text('headline = "Stocks fall"\n')
    assert "reportgen render" in lines(brief)[0]
    verified(LocalFolder(brief), editing=True)


def test_a_seal_made_again_without_the_key_does_not_do(brief, signing):
    """Whoever changes a brief and seals it anew has no key of the desk."""
    record = (brief / "notebook.ipynb").read_bytes()
    (brief / "seal.json").write_bytes(seal_of(record, signing))
    verified(LocalFolder(brief), signing)
    (brief / "seal.json").write_bytes(seal_of(record, Sealing()))
    assert "is not signed" in lines(brief, signing)[0]


def test_a_signature_of_another_key_does_not_do(brief, signing, monkeypatch):
    """It is well formed and proves nothing."""
    other = Ed25519PrivateKey.generate()
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    monkeypatch.setenv("SEAL_KEY", pem)
    record = (brief / "notebook.ipynb").read_bytes()
    (brief / "seal.json").write_bytes(seal_of(record, signing))
    assert lines(brief, signing) == (
        "the signature in seal.json is not of the key that SEAL_PUBLIC holds",
    )


def test_a_signature_moved_from_another_brief_does_not_do(brief, signing):
    """It is of the digest of that record."""
    told = json.loads(seal_of(b"{}", signing))
    mine = json.loads(seal_of((brief / "notebook.ipynb").read_bytes(), signing))
    forged = json.dumps({**mine, "signature": told["signature"]}, indent=1, sort_keys=True)
    (brief / "seal.json").write_text(forged + "\n")
    assert "the signature" in lines(brief, signing)[0]


@pytest.mark.parametrize("value", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_key_that_is_none_is_refused(monkeypatch, value):
    """By the name of its variable, never by its content."""
    monkeypatch.setenv("SEAL_KEY", value)
    with pytest.raises(SettingsError, match="SEAL_KEY") as refused:
        seal_of(b"{}", Sealing(key="SEAL_KEY"))
    assert not value or value not in str(refused.value)


def test_a_brief_that_could_not_be_sealed_is_not_begun(tmp_path):
    """Refused before a kernel starts, and nothing is written."""
    request = Request(report=load_report("small-caps"), as_of="2025-01-08", formats=("txt",))
    stages = []
    with pytest.raises(SettingsError, match="names no key to sign with"):
        produce(
            request,
            tmp_path,
            now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            settings=Settings(sealing=Sealing(public="SEAL_PUBLIC", required=True)),
            say=stages.append,
        )
    assert (stages, list(tmp_path.iterdir())) == ([], [])


def test_a_sealed_brief_is_not_adopted(brief):
    """Adoption would be a way around the seal."""
    edited(brief, "brief.txt", lambda b: b + b"x")
    with pytest.raises(SealError, match="nothing to adopt"):
        adopted(LocalFolder(brief), Sealing())
    (brief / "seal.json").unlink()
    with pytest.raises(SealError, match="nothing to adopt"):
        adopted(LocalFolder(brief), Sealing())


FAILED, FAILED_SEAL = "notebook.failed.ipynb", "seal.failed.json"


def test_a_folder_without_a_record_is_no_brief(tmp_path):
    """Where its last run failed, the error says where the reason is."""
    with pytest.raises(RecordError, match="give the folder of a brief") as refused:
        verified(LocalFolder(tmp_path))
    assert "Its last run failed" not in str(refused.value)
    (tmp_path / FAILED).write_text("{}")
    with pytest.raises(RecordError, match=r"Its last run failed; gate\.txt says why"):
        verified(LocalFolder(tmp_path))


@pytest.mark.parametrize("record", ["[]", "{", '{"metadata": {}}'])
def test_a_sealed_file_that_is_no_record_is_refused(tmp_path, record):
    """Its seal holds, and it is not one of this program's."""
    (tmp_path / "notebook.ipynb").write_text(record)
    (tmp_path / "seal.json").write_bytes(seal_of(record.encode(), Sealing()))
    assert lines(tmp_path) == ("notebook.ipynb is not a record of this program",)


def kept(folder, files):
    """A sealed record in *folder* that keeps those *files*."""
    record = json.dumps({"metadata": {"reportgen": {"files": files}}}).encode()
    (folder / "notebook.ipynb").write_bytes(record)
    (folder / "seal.json").write_bytes(seal_of(record, Sealing()))


def test_a_sealed_record_that_keeps_sizes_proves_nothing(tmp_path):
    """As 0.1.0 did."""
    kept(tmp_path, {"brief.txt": 3})
    assert lines(tmp_path) == (
        "notebook.ipynb keeps no digests, as 0.1.0 did; make the brief again",
    )


def test_edits_that_were_taken_in_are_part_of_the_brief(tmp_path):
    """Who removes or changes them renders the brief again."""
    text = b'headline = "Stocks fall"\n'
    (tmp_path / "edits.toml").write_bytes(text)
    kept(tmp_path, {"edits.toml": digest(text)})
    verified(LocalFolder(tmp_path))
    (tmp_path / "edits.toml").write_bytes(b"")
    assert "edits.toml was changed since the brief was rendered" in lines(tmp_path)[0]
    (tmp_path / "edits.toml").unlink()
    assert "edits.toml is missing; run 'reportgen render" in lines(tmp_path)[0]
    verified(LocalFolder(tmp_path), editing=True)


@pytest.mark.parametrize("told", ["{}", "[]", "{", '{"schema": 1, "record": 2, "sha256": 3}'])
def test_a_seal_that_is_none_proves_nothing(brief, told):
    """Whatever it holds."""
    (brief / "seal.json").write_text(told)
    assert lines(brief)[0].startswith("seal.json was changed, so nothing proves the other files")


@pytest.mark.parametrize(
    ("sealing", "said"),
    [
        (Sealing(), None),
        (Sealing(public="SEAL_PUBLIC"), None),
        (Sealing(public="SEAL_PUBLIC", required=True), "seal.json is not signed"),
    ],
)
def test_a_seal_without_a_signature_does_by_the_rules_of_the_desk(brief, signing, sealing, said):
    """It does unless they require one."""
    assert signing.required
    if said is None:
        verified(LocalFolder(brief), sealing)
    else:
        assert said in lines(brief, sealing)[0]


def test_the_notebook_of_a_failed_run_has_its_own_seal(tmp_path):
    """It is refused once it was changed, and beside a finished brief."""
    place, record = LocalFolder(tmp_path), b'{"cells": []}'
    (tmp_path / FAILED).write_bytes(record)
    with pytest.raises(SealError, match="has no seal"):
        verified_failed(place, Sealing())
    (tmp_path / FAILED_SEAL).write_bytes(seal_of(record, Sealing(), FAILED))
    assert verified_failed(place, Sealing()) == record
    (tmp_path / "notebook.ipynb").write_bytes(record)
    with pytest.raises(SealError) as refused:
        verified_failed(place, Sealing())
    assert "does not belong beside notebook.ipynb" in refused.value.lines[0]
    (tmp_path / "notebook.ipynb").unlink()
    (tmp_path / FAILED).write_bytes(record + b" ")
    with pytest.raises(SealError, match="is not the sealed record"):
        verified_failed(place, Sealing())


def test_a_brief_of_010_is_adopted_as_it_is(tmp_path):
    """By the sizes that it kept; then its digests are kept, and hold."""
    place = LocalFolder(tmp_path)
    with pytest.raises(SealError, match="holds no finished brief"):
        adopted(place, Sealing())
    old = json.dumps({"metadata": {"reportgen": {"files": {"brief.txt": 5}}}})
    (tmp_path / "notebook.ipynb").write_text(old)
    (tmp_path / "brief.txt").write_text("words")
    (tmp_path / "gate.txt").write_text("VERDICT  SEND")
    assert unsealed(place)
    assert "take it in as it is: reportgen seal" in lines(tmp_path)[0]
    for name, data in adopted(place, Sealing()).items():
        (tmp_path / name).write_bytes(data)
    assert not unsealed(place)
    files = verified(place)["metadata"]["reportgen"]["files"]
    assert files == {"brief.txt": digest(b"words"), "gate.txt": digest(b"VERDICT  SEND")}


def test_a_brief_of_010_whose_file_has_another_size_is_not_adopted(tmp_path):
    """The file is named."""
    old = json.dumps({"metadata": {"reportgen": {"files": {"brief.txt": 4}}}})
    (tmp_path / "notebook.ipynb").write_text(old)
    (tmp_path / "brief.txt").write_text("words")
    with pytest.raises(SealError, match=r"brief\.txt is not the file that 0\.1\.0 wrote"):
        adopted(LocalFolder(tmp_path), Sealing())
