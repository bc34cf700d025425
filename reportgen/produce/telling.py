"""From an executed notebook to checked renderings.

What comes after the kernel, and what is done again without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.config.sealing import Sealing
from reportgen.config.settings import Settings
from reportgen.core.errors import (
    EditError,
    FactCheckError,
    Held,
    NarrativeError,
    RecordError,
)
from reportgen.core.facts import Finding
from reportgen.execute.light import light_imports
from reportgen.files.outputs import LocalFolder
from reportgen.produce import notebooks
from reportgen.produce.places import place_in, places_of
from reportgen.record.edits import Edits
from reportgen.record.record import Record, edited, read_record
from reportgen.record.request import FORMATS, Policy, Report
from reportgen.record.templates import Templates, shipped_digest
from reportgen.rendering import images, pictures
from reportgen.rendering.brief import Brief, Rendering
from reportgen.story import compose, foreign, passages, wording
from reportgen.story.markup import words
from reportgen.story.model import Narrative, Picture
from reportgen.verify import gate, rendered
from reportgen.verify.factcheck import Check, FactCheck
from reportgen.verify.gate import Verdict
from reportgen.verify.headline import cited
from reportgen.verify.seal import RECORD, verified

if TYPE_CHECKING:
    from reportgen.produce.auditing import Auditor


def warm(report: Report) -> None:
    """Import, start and read what the story and the renderings of *report* need.

    By then, nothing waits for them.
    """
    pictures.warm()
    if not report.plain:
        warm_tools(report.notebook)
        _warm(report.notebook)


@cache
def warm_tools(notebook: Path) -> None:
    """Import and start what stories and renderings of any report need.

    No file of a report or a desk is read but *notebook*, an example to colour.
    """
    pictures.warm()
    with light_imports():
        import papermill  # noqa: F401
    import pypdfium2  # noqa: F401
    import typst  # noqa: F401
    from PIL import Image  # noqa: F401

    from reportgen.rendering import appendix, email, page

    appendix.warm(read_notebook(notebook))
    del email, page


def warm_words(texts: Iterable[tuple[str, str]]) -> None:
    """Read templates, each a text and its place: those that stay as they are read once."""
    for text, place in texts:
        with suppress(NarrativeError):  # who tells by it says what is wrong
            passages.warm(text, place)
            wording.warm(text, place)


@cache
def _warm(notebook: Path) -> None:
    """Read and compile the templates of the report with this *notebook*."""
    from reportgen.rendering import page

    page.warm()
    templates = Templates.of(notebook.parent)
    wording.pieces(templates)
    compose.warm(templates)


def _narrated(
    notebook: Mapping[str, Any],
    hidden: AbstractSet[str] | None = None,
) -> tuple[Record, gate.Ruling, Narrative]:
    """An executed *notebook* read and told, not yet checked.

    What is *hidden* is not told; by default what its run left out.

    Raises:
        Held: The gate holds its record.
    """
    run = notebook["metadata"].get("reportgen", {})
    edits = Edits.from_payload(run.get("edits", {}))
    record = edited(read_record(notebook), edits).without(
        frozenset(run.get("hidden", ()) if hidden is None else hidden)
    )
    ruling = gate.rule(record, record.policy)
    if ruling.verdict is Verdict.HOLD:
        raise Held(f"The brief is held: {'; '.join(ruling.reasons)}.", subject=ruling)
    return record, ruling, _composed(record, edits)


def _composed(record: Record, edits: Edits) -> Narrative:
    """The story of *record*, under the headline that a person gave it, if any."""
    if record.plain and (edits.driver or edits.quote):
        raise EditError(
            f"The notebook {record.context['plain']} has no story in which a driver or a quote has"
            " its place; write it into a cell of the notebook.",
            subject="quote",
        )
    if record.plain:
        return foreign.compose(record, words(edits.headline))
    try:
        headline = cited(edits.headline, FactCheck(record)) if edits.headline else ()
        return compose.compose(record, Path(), record.title, record.templates, headline)
    except NarrativeError as error:
        if not (edits.lead or edits.drop):
            raise
        raise EditError(
            f"The brief cannot be told with that lead, or without what is dropped: {error}",
            subject=error.subject,
        ) from error


def findings(notebook: Mapping[str, Any]) -> list[Finding]:
    """All findings of an executed *notebook*, the highest-ranked first."""
    return sorted(read_record(notebook).findings, key=lambda finding: finding.rank)


def tell(
    notebook: Mapping[str, Any],
    hidden: AbstractSet[str] | None = None,
    *,
    draft: bool = False,
) -> Brief:
    """The brief that an executed *notebook* tells, with its pictures drawn.

    *hidden* names the sections that its reader is not shown, by default those
    that its run left out. A *draft* may have words for which nobody vouches yet.

    Raises:
        FactCheckError: It claims too much.
    """
    brief, failed = drafted(notebook, hidden, draft=draft)
    refuse(failed, brief.record.templates)
    return _drawn(brief)


def drafted(
    notebook: Mapping[str, Any],
    hidden: AbstractSet[str] | None = None,
    *,
    draft: bool = False,
) -> tuple[Brief, list[Check]]:
    """The brief that an executed *notebook* tells, without its pictures, and its failed checks.

    See :func:`tell`.
    """
    record, ruling, narrative = _narrated(notebook, hidden)
    failed = FactCheck(record).narrative(narrative, draft=draft or record.plain)
    return _undrawn(notebook, record, ruling, narrative), failed


def page_of(brief: Brief) -> bytes:
    """The page of a *brief* that has no pictures yet. Nothing of it is checked."""
    from reportgen.rendering import page

    return page.render(_drawn(brief)).data


def _drawn(brief: Brief) -> Brief:
    """The *brief* with its pictures."""
    specs = pictures.specs_of(brief.record, brief.narrative)
    return replace(
        brief,
        svgs=pictures.draw(specs),
        specs=specs,
        images=images.draw(brief.record, brief.narrative),
    )


def _undrawn(
    notebook: Mapping[str, Any],
    record: Record,
    ruling: gate.Ruling,
    narrative: Narrative,
) -> Brief:
    """The brief of a told *record*, without pictures and files."""
    return Brief(
        report=record.context["report"],
        title=record.title,
        label=record.context["moment"]["label"],
        record=record,
        narrative=narrative,
        verdict=str(ruling.verdict),
        gaps=ruling.gaps,
        notebook=notebook,
        svgs={},
        specs={},
    )


def render(
    brief: Brief,
    formats: Sequence[str],
    settings: Settings,
) -> list[Rendering]:
    """The renderings of *brief* in *formats*."""
    from reportgen.rendering import email, page, pdf, text
    from reportgen.rendering import json as as_json

    makers: dict[str, Callable[[], Rendering]] = {
        "html": lambda: page.render(brief),
        "pdf": lambda: pdf.render(brief, settings),
        "eml": lambda: email.render(brief, settings),
        "txt": lambda: text.render(brief),
        "json": lambda: as_json.render(brief),
    }
    with ThreadPoolExecutor() as pool:  # pictures and pages are set outside the interpreter's lock
        return list(
            pool.map(
                lambda name: makers[name](),
                [name for name in FORMATS if name in formats],
            )
        )


def told(
    notebook: Mapping[str, Any],
    report: str,
    formats: Sequence[str],
    settings: Settings,
    say: Callable[[str], None],
    auditor: Auditor | None = None,
) -> tuple[Brief, dict[str, bytes]]:
    """The brief that *notebook* tells and its files by name, checked and passed.

    With an *auditor*, its facts are computed again from the data, and the notebook keeps how many.
    """
    say("story")
    brief = tell(notebook)
    if brief.report != report:
        raise RecordError(
            f"The notebook of report '{report}' says that it is '{brief.report}'; "
            f'write open_desk(report="{report}", ...).',
            subject=report,
        )
    if auditor is not None:
        say("audit")
        notebook["metadata"]["reportgen"]["audit"] = auditor.audit(brief).payload()
    say("renderings")
    renderings = render(brief, formats, settings)
    say("check")
    refuse(check_brief(brief, renderings), brief.record.templates)
    say("gate")
    hold(brief, renderings, brief.record.policy, settings.profile)
    return brief, {rendering.name: rendering.data for rendering in renderings}


def check_renderings(
    story: Narrative,
    record: Record,
    renderings: Sequence[Rendering],
    images: Callable[[str], bytes] | None = None,
) -> list[Check]:
    """The failed checks of finished files against the story and its record.

    With *images*, the pictures of a mail have to be those that this run drew by their names.
    """
    judges: dict[str, Callable[[bytes], list[Check]]] = {
        "brief.html": lambda data: rendered.page(data.decode(), story, record),
        "brief.txt": lambda data: rendered.plain(data.decode(), story),
        "brief.eml": lambda data: rendered.mail(data, story, images),
        "brief.pdf": lambda data: rendered.pdf(data, story, record),
        "brief.json": lambda data: rendered.data(data.decode(), story, record),
    }
    failed: list[Check] = []
    for file in renderings:
        if file.name in judges:
            try:
                failed += judges[file.name](file.data)
            except Exception as error:  # noqa: BLE001 - a damaged file breaks readers
                failed.append(
                    Check(file.name, file.name, file.name, "", f"it cannot be read: {error}")
                )
    return failed


def check_brief(brief: Brief, renderings: Sequence[Rendering]) -> list[Check]:
    """The failed checks of the *renderings* of *brief*, with its pictures at hand."""

    def image(name: str) -> bytes:
        if name in brief.images:
            return brief.images[name].mail
        return pictures.png(brief.specs[name], pictures.MAIL)

    return check_renderings(brief.narrative, brief.record, renderings, image)


def check_folder(folder: Path, sealing: Sealing | None = None) -> list[Check]:
    """The failed checks of a written brief.

    Its narrative against its record, its files against its narrative.

    The seal is verified first: SealError where a file was changed. A brief of
    other templates than those of this version is not judged anew, for it would
    be told in other words: what its seal says then stands.
    """
    record_of = verified(LocalFolder(folder), sealing)
    if not _judged_alike(record_of):
        return []
    record, _, narrative = _narrated(read_notebook(folder / "notebook.ipynb"))
    failed = FactCheck(record).narrative(narrative, draft=record.plain)
    files = [Rendering(name=p.name, data=p.read_bytes()) for p in sorted(folder.glob("brief.*"))]
    if not files:
        raise RecordError(f"{folder} holds no brief.* file to check.", subject=folder)
    return failed or check_renderings(narrative, record, files)


def read_finished(folder: Path, sealing: Sealing | None = None) -> Brief:
    """The brief in *folder*, told again from its sealed record, without pictures.

    Raises:
        SealError: A file was changed.
    """
    notebook = verified(LocalFolder(folder), sealing)
    files = tuple(str(path) for path in sorted(folder.glob("*")) if path.is_file())
    return replace(
        _undrawn(notebook, *_narrated(notebook)),
        folder=str(folder),
        files=files,
    )


def judged(folder: Path) -> bool:
    """Whether the brief in *folder* was told by the templates of this version.

    Only then can it be judged anew.
    """
    return _judged_alike(read_notebook(folder / "notebook.ipynb"))


def unchecked(folder: Path) -> str:
    """What of the brief in *folder* is not checked, in words; "" if all of it is."""
    return gate.unchecked(read_record(read_notebook(folder / RECORD)))


def _judged_alike(record_of: Mapping[str, Any]) -> bool:
    """Whether a record was told by the templates of this version.

    Only then can it be told again word for word.
    """
    kept = record_of["metadata"]["reportgen"]
    told_by = kept.get("report", {}).get("templates")
    return bool(told_by == shipped_digest()) and not kept.get("adopted")


def report_of(notebook: Mapping[str, Any]) -> str:
    """The name of the report that an executed *notebook* is of."""
    return str(read_record(notebook).context["report"])


def hold(
    brief: Brief,
    renderings: Sequence[Rendering],
    policy: Policy,
    profile: str,
) -> None:
    """Raise Held where a file breaks *policy*, or a licence forbids publishing.

    The latter where *profile* is "publish".
    """
    reasons = gate.oversized(
        {file.name: len(file.data) for file in renderings},
        policy,
    )
    reasons += gate.unpublishable(brief.record) if profile == "publish" else []
    told = sum(isinstance(block, Picture) for block in brief.narrative.blocks)
    recorded = len(brief.record.charts)  # a reader's view may leave some out
    if told < min(policy.charts, recorded):
        reasons.append(
            f"the story prints {told} of {recorded} charts, and [gate] of report.toml expects"
            f" {policy.charts} or more"
        )
    if reasons:
        raise Held(
            f"The brief is held: {'; '.join(reasons)}.",
            subject=gate.Ruling(Verdict.HOLD, brief.gaps, tuple(reasons)),
        )


def _counted(number: int) -> str:
    return f"{number} statement{' is' if number == 1 else 's are'}"


def refuse(failed: Sequence[Check], templates: Templates | None = None) -> None:
    """FactCheckError with the first failed checks, if there are any.

    With the *templates* of the story, the error names the file and the line of the first one.
    """
    if failed:
        more = f" (and {len(failed) - 1} more, which gate.txt lists)" if len(failed) > 1 else ""
        place = place_in(failed[0], places_of(templates)) if templates else ""
        shown = f"{place}{': ' if place else ''}{failed[0]}{more}"
        raise FactCheckError(
            f"{_counted(len(failed))} not borne out: {shown}",
            subject=list(failed),
        )


def stopped(record: Record, notebook: Path) -> list[str]:
    """Where and why each section of *notebook* stopped that its own code stopped."""
    return [f"{notebook}, {one.place}: {one.error}" for one in record.failed if one.place]


def report_at(folder: Path) -> Report:
    """The report that the brief in *folder* is of: that of its name, or the notebook it keeps."""
    notebook = read_notebook(folder / RECORD)
    return notebooks.report_of(notebook, report_of(notebook))


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook saved at *path*.

    Raises:
        RecordError: There is none that can be read.
    """
    with light_imports():
        import nbformat

    try:
        return dict(nbformat.read(path, as_version=4))
    except FileNotFoundError:
        raise RecordError(
            f"{path} does not exist; give the folder of a brief.",
            subject=path,
        ) from None
    except Exception as error:  # nbformat fails in many ways on what is no notebook
        raise RecordError(
            f"{path} is not a notebook: {error}",
            subject=path,
        ) from error
