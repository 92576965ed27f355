"""REFI-QDA files, read into a project or refused with every fault that could change what is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.project import (
    Coding,
    Format,
    Interview,
    Project,
    Quotation,
    Selection,
    arranged,
    lettered,
)
from casebook.restricted.intake.refi_qda.codes import Codes, deviations_of_codes, read_codes
from casebook.restricted.intake.refi_qda.people import (
    deviations_of_coders,
    names_of_cases,
    read_interviews,
    read_users,
)
from casebook.restricted.intake.refi_qda.placing import deviations_of_positions, faults_of_positions, place
from casebook.restricted.intake.refi_qda.sources import FoundCoding, TextOf, read_sources, read_texts
from casebook.restricted.intake.refi_qda.standard import (
    deviations_from_schema,
    follows_standard,
    unknown_elements,
)
from casebook.restricted.intake.safe_open.container import Container, open_container
from casebook.restricted.intake.safe_open.markup import Element, local_name, parse_xml
from casebook.restricted.untrusted import bounded_bytes, inert

_INTERNAL = "internal://"
_SUFFIX = ".qde"


def read_project_file(path: Path, *, shown_as: str, permitted: Collection[str] = ()) -> Project:
    """Return the project of a .qdpx container, quoting only interviews that are `permitted`; raises DataRefused."""
    container = open_container(path, shown_as=shown_as)
    inner = [name for name in container.names if "/" not in name and name.lower().endswith(_SUFFIX)]
    if len(inner) != 1:
        message = "the container must hold exactly one .qde file in its root"
        raise DataRefused.one(shown_as, "", message, value=str(len(inner)), allowed="1", remedy="export it again")
    root = parse_xml(container.read(inner[0]), shown_as=shown_as)
    return _project(root, shown_as, _texts_of(container), permitted)


def read_markup(path: Path, *, shown_as: str) -> Project:
    """Return the codes of a .qdc file, or the project of a .qde file by itself, without texts; raises DataRefused."""
    root = parse_xml(bounded_bytes(path, shown_as=shown_as), shown_as=shown_as)
    if local_name(root) == "Project":
        return _project(root, shown_as, lambda _: None, ())
    faults = _faults_of_form(root, "CodeBook", shown_as)
    if faults:
        raise DataRefused(faults)
    codes = read_codes(root, {}, faults, shown_as=shown_as)
    if faults:
        raise DataRefused(faults)
    deviations = (*deviations_from_schema(root, shown_as), *deviations_of_codes(codes, shown_as=shown_as))
    return arranged(Project(Format.QDC, root.get("origin") or "", codes=codes.listed, deviations=deviations))


def _texts_of(container: Container) -> TextOf:
    """The texts of a container by their internal path, whose folder is written in either case."""
    entries = {name.casefold(): name for name in container.names}

    def text_of(path: str) -> str | None:
        name = entries.get(f"sources/{path.removeprefix(_INTERNAL)}".casefold())
        if not path.startswith(_INTERNAL) or name is None:
            return None
        content = container.read(name)
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            return None

    return text_of


def _faults_of_form(root: Element, name: str, shown_as: str) -> list[Fault]:
    """What else than the standard's elements is there; a draft may have had others."""
    if local_name(root) != name:
        allowed = f"an element {name}"
        return [Fault(shown_as, "line 1", "not a REFI-QDA file", inert(local_name(root)), allowed)]
    return list(unknown_elements(root, shown_as)) if follows_standard(root) else []


def _project(root: Element, shown_as: str, text_of: TextOf, permitted: Collection[str]) -> Project:
    faults = _faults_of_form(root, "Project", shown_as)
    if faults:
        raise DataRefused(faults)
    codes = read_codes(root.find("{*}CodeBook"), names_of_cases(root), faults, shown_as=shown_as)
    users = read_users(root, faults, shown_as=shown_as)
    sources, everything = read_sources(root, faults, shown_as=shown_as)
    interviews = read_interviews(root, sources, _members(codes, everything), faults, shown_as=shown_as)
    found = [coding for coding in everything if coding.code not in codes.cases]
    texts = read_texts(found, root, text_of)
    faults += [*_dangling(found, codes, users, shown_as), *faults_of_positions(found, texts, shown_as)]
    if faults:
        raise DataRefused(faults)
    placed = place(found, texts, (root.findtext("{*}Description") or "").strip())
    unsure = tuple(deviations_of_coders(found, shown_as=shown_as))
    deviations = (
        *unsure,
        *_deviations(root, found, codes, shown_as),
        *deviations_of_positions(found, placed, shown_as),
    )
    names = {coding.coder: (users or {}).get(coding.coder, coding.coder) for coding in found if coding.coder}
    coders = lettered(names.values())
    letters = {guid: coders[name].id for guid, name in names.items()} | {"": ""}
    codings, quotations = [], []
    for coding in placed.codings:
        interview, code = interviews[coding.source].name, codes.by_guid[coding.code].path
        selection = None if coding.whole else Selection(coding.start, coding.end)
        codings.append(Coding(interview, code, letters[coding.coder], selection))
        words = placed.words(coding) if interview in permitted else None
        quotations += [Quotation(interview, code, words, letters[coding.coder])] if words else []
    return arranged(
        Project(
            Format.QDPX,
            root.get("origin") or "",
            placed.convention,
            not unsure,
            codes.listed,
            tuple(_merged(interviews.values())),
            tuple(coders.values()),
            tuple(codings),
            quotations=tuple(quotations),
            deviations=deviations,
        )
    )


def _members(codes: Codes, codings: list[FoundCoding]) -> dict[str, frozenset[str]]:
    """The sources that were coded with a code that stands for a case, by the case's name."""
    members: dict[str, set[str]] = defaultdict(set)
    for coding in codings:
        if coding.code in codes.cases:
            members[codes.cases[coding.code]].add(coding.source)
    return {name: frozenset(sources) for name, sources in members.items()}


def _merged(interviews: Iterable[Interview]) -> Iterable[Interview]:
    """Each interview once, also where several sources belong to it."""
    return {interview.name: interview for interview in interviews}.values()


def _dangling(codings: list[FoundCoding], codes: Codes, users: dict[str, str] | None, shown_as: str) -> Iterator[Fault]:
    for coding in codings:
        if coding.code and coding.code not in codes.by_guid:
            message = "the coding refers to a code that is not in the file"
            yield Fault(shown_as, coding.place, message, coding.code, remedy="export again")
        if users is not None and coding.coder and coding.coder not in users:
            message = "the coding names a user that is not in the file"
            yield Fault(shown_as, coding.place, message, coding.coder, remedy="export again")


def _deviations(root: Element, codings: list[FoundCoding], codes: Codes, shown_as: str) -> Iterator[Fault]:
    yield from deviations_from_schema(root, shown_as)
    yield from deviations_of_codes(codes, shown_as=shown_as)
    in_notes = sum(1 for _ in root.iterfind("{*}Notes//{*}Coding"))
    if in_notes:
        yield Fault(shown_as, "Notes", "codings of notes were left out: a note is no interview", f"{in_notes:,}")
    nobodys = sum(1 for coding in codings if not coding.coder)
    if nobodys:
        yield Fault(shown_as, "Users", "codings without a coder", f"{nobodys:,} of {len(codings):,}")
    elsewhere = sum(1 for coding in codings if not codes.by_guid[coding.code].codable)
    if elsewhere:
        yield Fault(shown_as, "CodeBook", "codings with codes that are marked as not for coding", f"{elsewhere:,}")
