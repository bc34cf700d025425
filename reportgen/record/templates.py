"""The templates of a story.

The report's own files and the desk's, as text, before the shipped ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.beats import Beat, beats, phrases_of, words_of
from reportgen.config.resources import resource_dirs
from reportgen.core.errors import NarrativeError, did_you_mean
from reportgen.record.old_stories import MOVED

STORY = "story.j2"
WORDS = "story/en/words.toml"
"""What the checker knows of heads of columns and of phrases; a desk's own file
adds to it.
"""
EXAMPLES = ("workspace/beat/words.j2.j2", "workspace/report/story.j2.j2")
"""The sentences that ``reportgen new beat`` and ``reportgen new report`` write."""
NAME = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*")
"""A name of a template: a path below a folder of templates, which it does not leave."""
IMPORT = re.compile(r'{%-? (?:import|include) "([^"]+)"')
KINDS = re.compile(r"\{#-? kinds:([\w, ]*?)-?#\}")
"""The line of a template that names the kinds of news with sentences."""
ASKED = "wording("
"""How a story asks for the sentences of a family of news by its name."""
VOICED = re.compile(r'wording\([^()]*, "(\w+)"\)')
"""How it asks for those in another voice: ``wording(family, "group")``."""


def wording_of(family: str, voice: str = "") -> str:
    """The name of the template with the sentences of a *family* of news.

    In the *voice* "group" they name what an index stands for: "Small caps fell".
    """
    return f"story/en/{voice}/{family}.j2" if voice else f"story/en/{family}.j2"


@dataclass(frozen=True, slots=True)
class Templates:
    """Name, text and place of each template that is not a shipped one.

    A record keeps them, so that a brief is checked and rendered from any
    folder, by the story that told it.
    """

    own: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, folder: Path) -> Templates:
        """The templates of the report in *folder*.

        Its story, and what that imports from the desk.
        """
        return cls(tuple(_own(folder)))

    @property
    def texts(self) -> Mapping[str, tuple[str, str]]:
        """Text and place of each by name."""
        return {name: (text, place) for name, text, place in self.own}

    def text(self, name: str) -> tuple[str, str]:
        """Text and place of the template *name*: its own, or the shipped one.

        Raises:
            NarrativeError: There is none.
        """
        return self.texts.get(name) or _shipped(_inside(name))

    def has(self, name: str) -> bool:
        """Whether there is a template *name*, its own or a shipped one."""
        try:
            self.text(name)
        except NarrativeError:
            return False
        return True

    def worded(self, beat: Beat) -> Beat:
        """*beat* with the kinds that its template has sentences for.

        All of them, unless the template says which. A desk's copy of an older
        version has no sentences for newer kinds.
        """
        name = wording_of(beat.name, self.voice)
        if not self.has(name):
            return replace(beat, kinds={})
        said = KINDS.search(self.text(name)[0])
        if said is None:
            return beat
        names = {name.strip() for name in said[1].split(",")}
        kinds = {name: kind for name, kind in beat.kinds.items() if name in names}
        return replace(beat, kinds=kinds)

    @property
    def voice(self) -> str:
        """The voice in which the story asks for sentences: "group", or "" for that of a recap."""
        return next((found[1] for text in _texts(self) if (found := VOICED.search(text))), "")

    @property
    def asks(self) -> bool:
        """Whether the story asks for sentences by the name of their family.

        What a shipped template asks for does not count where the story has it by its name of
        0.1.0: such a story has a list of families of its own.
        """
        return any(ASKED in text for _, text, _ in self.all(MOVED.keys() - self.texts.keys()))

    def all(self, without: AbstractSet[str] = frozenset()) -> Iterator[tuple[str, str, str]]:
        """Name, text and path of the story and of all templates that it uses.

        Those *without*, and what they alone use, are left out.
        """
        seen, waiting = set[str](without), [STORY]
        while waiting:
            name = waiting.pop(0)
            if name not in seen:
                seen.add(name)
                text, place = self.text(name)
                yield name, text, place
                waiting += IMPORT.findall(text)
                waiting += [one for one in (*_asked(text), *self._kept(text)) if self.has(one)]

    def _kept(self, text: str) -> list[str]:
        """Its own templates with the sentences of a family of news, where *text* asks for some.

        A record keeps those of its desk's beats, which another
        folder does not know.
        """
        names = [name for name, _, _ in self.own] if ASKED in text else []
        return [name for name in names if name == wording_of(Path(name).stem)]

    def loader(self) -> Any:
        """What a Jinja environment loads these templates by.

        Errors then name the file and the line.
        """
        from jinja2 import FunctionLoader, TemplateNotFound

        def load(name: str) -> tuple[str, str, Any]:
            try:
                text, place = self.text(name)
            except NarrativeError:
                raise TemplateNotFound(name) from None
            return text, place, lambda: True

        return FunctionLoader(load)

    def payload(self) -> list[list[str]]:
        """The templates as JSON."""
        return [list(row) for row in self.own]


@cache
def _texts(templates: Templates) -> tuple[str, ...]:
    """The story and all templates that it uses."""
    return tuple(text for _, text, _ in templates.all())


@cache
def _shipped(name: str) -> tuple[str, str]:
    folder = resource_dirs("templates")[-1]
    if name in MOVED:
        texts = [_read(folder / new, name) for new in MOVED[name]]
        return "\n".join(texts), str(folder / MOVED[name][0])
    return _read(folder / name, name), str(folder / name)


def _inside(name: str, asking: str = "") -> str:
    """*name*, if it can be only that of a template; *asking* is the place that asks for it.

    Raises:
        NarrativeError: It is an absolute path, or one that leads out of the templates.
    """
    if not NAME.fullmatch(name):
        raise NarrativeError(
            f"{asking}'{name}' is no name of a template; name one by its path below templates/,"
            ' such as "story/en/parts/words.j2".',
            subject=name,
        )
    return name


def _read(path: Path, name: str) -> str:
    if path.exists() and not path.is_file():  # a pipe that nobody writes would be waited for
        raise NarrativeError(f"{path} is a folder, pipe or device, and no file.", subject=path)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise NarrativeError(
            f"{path}, line {line}: it is not in UTF-8; save it in UTF-8.", subject=path
        ) from error
    except OSError as error:
        reason = getattr(error, "strerror", None) or error
        raise NarrativeError(
            f"{path} cannot be read, and the story needs it as '{name}': {reason}",
            subject=path,
        ) from error


def _own(folder: Path) -> Iterator[tuple[str, str, str]]:
    """The report's own files and the desk's, as far as the story needs them."""
    *desk, shipped = resource_dirs("templates")
    places = [folder, *desk]
    brought = _brought()
    words = next(
        (place / WORDS for place in places if (place / WORDS).is_file()),
        None,
    )
    if words:
        yield WORDS, _read(words, WORDS), str(words)
    for beat in beats():
        if file := phrases_of(beat.name):
            name = f"beats/{beat.name}/{file.name}"
            yield name, _read(file, name), str(file)
    seen, waiting, asking = set[str](), [STORY], dict[str, str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(_inside(name, asking.get(name, "")))
        path = next(
            (place / name for place in places if (place / name).is_file()),
            None,
        )
        path = path or brought.get(name)
        if path is None and name == STORY:
            path = folder / STORY
        if not path and not _is_there(name, [shipped]):
            raise _not_there(name, asking.get(name, ""))
        text = _read(path, name) if path else _shipped(name)[0]
        if path:
            yield name, text, str(path)
        for found in IMPORT.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            asking.setdefault(found[1], f"{path or shipped / name}, line {line}: ")
        waiting += IMPORT.findall(text)
        waiting += [
            one for one in _asked(text) if one in brought or _is_there(one, [*places, shipped])
        ]


def _not_there(name: str, asking: str) -> NarrativeError:
    """The error for a template that nobody has; *asking* is the place that asks for it."""
    known = [f"story/{one}" for one in _stories()]
    hint = did_you_mean(name, known)
    near = hint if "mean" in hint else ""
    return NarrativeError(f"{asking}there is no template '{name}'.{near}", subject=name)


def _brought() -> dict[str, Path]:
    """The sentences in the folders of beats, by the names of their templates."""
    found = {wording_of(beat.name): words_of(beat.name) for beat in beats()}
    return {name: path for name, path in found.items() if path is not None}


def sentences_of(family: str) -> Path | None:
    """The sentences of a *family* of news: the desk's, the beat's, the shipped."""
    name = wording_of(family)
    *desk, shipped = [folder / name for folder in resource_dirs("templates")]
    places = (*desk, words_of(family), shipped)
    return next(
        (place for place in places if place is not None and place.is_file()),
        None,
    )


def _asked(text: str) -> list[str]:
    """The names of the templates that *text* asks for by a family: those of all beats, or none."""
    if ASKED not in text:
        return []
    voices = dict.fromkeys(VOICED.findall(text)) or [""]
    return [wording_of(beat.name, voice) for voice in voices for beat in beats()]


def _is_there(name: str, places: Sequence[Path]) -> bool:
    """Whether the template *name* lies in one of *places*, or lay somewhere in 0.1.0."""
    return name in MOVED or any((place / name).is_file() for place in places)


@cache
def _stories() -> Mapping[str, bytes]:
    """All shipped story templates, by their paths below templates/story."""
    folder = resource_dirs("templates")[-1] / "story"
    files = sorted(folder.rglob("*.j2"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@cache
def shipped_texts() -> frozenset[str]:
    """The texts of all shipped stories and templates, and of the examples that a desk is given."""
    templates, reports = (resource_dirs(name)[-1] for name in ("templates", "reports"))
    stories = (*_stories().values(), *(path.read_bytes() for path in reports.glob("*/story.j2")))
    texts = [text.decode().replace("\r\n", "\n") for text in stories]
    for name in EXAMPLES:
        example = (templates / name).read_text(encoding="utf-8")
        texts.append(example.replace("[[", "").replace("]]", ""))
    return frozenset(texts)


@cache
def shipped_digest() -> str:
    """One digest over the names and texts of all shipped story templates."""
    found = hashlib.sha256()
    for name, text in _stories().items():
        found.update(f"{name}\0".encode() + text)
    return found.hexdigest()
