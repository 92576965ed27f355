"""The sources of a REFI-QDA project with their codings, each in its place or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casebook.errors import Fault
from casebook.restricted.intake.code_tree import plain
from casebook.restricted.intake.offsets import Text
from casebook.restricted.intake.refi_qda.standard import guid_of, shown
from casebook.restricted.intake.safe_open.markup import Element, local_name

#: The elements that hold a source, wherever it is from.
SOURCES = frozenset({"TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource"})
#: What stands for a source within it, and so carries codings of the whole.
_PARTS = frozenset({"Representation", "Transcript"})
TextOf = Callable[[str], str | None]


@dataclass(frozen=True)
class FoundCoding:
    """A coding as its element says it: identifiers of source, code and users, and the positions of its selection.

    `text` names the text the positions count in; `selector` is the user the selection names, `coder` the coding's own.
    """

    source: str
    code: str
    coder: str
    selector: str
    place: str
    whole: bool = True
    text: str = ""
    start: int | None = None
    end: int | None = None
    name: str = ""


@dataclass(frozen=True)
class FoundSource:
    """A source: its identifier, its name, and its element, which holds its attributes."""

    guid: str
    name: str
    element: Element


def read_sources(
    project: Element, faults: list[Fault], *, shown_as: str
) -> tuple[list[FoundSource], list[FoundCoding]]:
    """Return the sources and all codings in them; faults are added to `faults`."""
    sources: dict[str, FoundSource] = {}
    codings: list[FoundCoding] = []
    for element in project.iterfind("{*}Sources/*"):
        if local_name(element) not in SOURCES:
            continue
        guid, place = guid_of(element.get("guid")), f"line {element.sourceline}"
        if guid is None or guid in sources:
            message = "two sources have the same GUID" if guid else "not a GUID"
            faults.append(Fault(shown_as, place, message, shown(element.get("guid")), remedy="export again"))
            guid = f"{place} {guid}"
        sources[guid] = FoundSource(guid, plain(element.get("name") or ""), element)
        codings += [_coding(coding, guid, faults, shown_as) for coding in element.iter("{*}Coding")]
    faults += _faults_of_place(project, len(codings), shown_as)
    return list(sources.values()), codings


def read_texts(codings: list[FoundCoding], project: Element, text_of: TextOf) -> dict[str, Text]:
    """Return the texts in which selections lie, by identifier; `text_of` reads a path of the file, or gives None."""
    needed = {coding.text for coding in codings if coding.text}
    texts = {}
    for element in project.iter("{*}TextSource", "{*}Representation", "{*}Transcript"):
        guid = guid_of(element.get("guid")) or ""
        if guid in needed:
            within = element.find("{*}PlainTextContent")
            raw = within.text if within is not None else text_of(element.get("plainTextPath") or "")
            if raw is not None:
                texts[guid] = Text.of(raw)
    return texts


def _coding(element: Element, source: str, faults: list[Fault], shown_as: str) -> FoundCoding:
    place = f"line {element.sourceline}"
    reference = element.find("{*}CodeRef")
    code = guid_of(reference.get("targetGUID")) if reference is not None else None
    if code is None:
        faults.append(Fault(shown_as, place, "the coding refers to no code", remedy="export again"))
    if guid_of(element.get("guid")) is None:
        found = shown(element.get("guid"))
        faults.append(Fault(shown_as, place, "not a GUID", found, remedy="export again"))
    coder = _user(element, faults, shown_as)
    selection = element.getparent()
    selector = _user(selection, faults, shown_as)
    whole = local_name(selection) in SOURCES | _PARTS
    if whole or local_name(selection) != "PlainTextSelection":
        return FoundCoding(source, code or "", coder, selector, place, whole)
    start, end = (_position(selection, name, faults, shown_as) for name in ("startPosition", "endPosition"))
    if start is not None and end is not None and end < start:
        faults.append(Fault(shown_as, place, "the selection ends before it begins", f"{start}-{end}"))
    text = guid_of(selection.getparent().get("guid")) or ""
    name = selection.get("name") or ""
    return FoundCoding(source, code or "", coder, selector, place, False, text, start, end, name)


def _user(element: Element, faults: list[Fault], shown_as: str) -> str:
    written = element.get("creatingUser")
    guid = guid_of(written)
    if written and guid is None:
        faults.append(
            Fault(shown_as, f"line {element.sourceline}", "not a GUID", shown(written), remedy="export again")
        )
    return guid or ""


def _position(selection: Element, name: str, faults: list[Fault], shown_as: str) -> int | None:
    written = (selection.get(name) or "").strip()
    if written.isascii() and written.isdigit() and len(written) < 12:
        return int(written)
    place = f"line {selection.sourceline}"
    faults.append(Fault(shown_as, place, f"{name} is not a position", shown(written), "a whole number from 0"))
    return None


def _faults_of_place(project: Element, read: int, shown_as: str) -> Iterator[Fault]:
    """Codings that stand where the standard has none would be lost; those of notes are left out on purpose."""
    elsewhere = sum(1 for _ in project.iter("{*}Coding")) - read
    in_notes = sum(1 for _ in project.iterfind("{*}Notes//{*}Coding"))
    if elsewhere - in_notes:
        message = "codings stand where the standard has none"
        yield Fault(shown_as, "", message, f"{elsewhere - in_notes:,}", remedy="export again")
