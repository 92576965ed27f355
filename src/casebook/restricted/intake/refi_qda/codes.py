"""The codes of a REFI-QDA file: nested or with paths for names, told from cases that were exported as codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casebook.errors import Fault
from casebook.restricted.intake.code_tree import plain, unfolded, with_ancestors
from casebook.restricted.intake.project import Code
from casebook.restricted.intake.refi_qda.standard import guid_of, shown
from casebook.restricted.intake.safe_open.markup import Element, local_name


@dataclass(frozen=True)
class Codes:
    """The codes by identifier, and the identifiers of codes that stand for cases, with the case's name."""

    by_guid: Mapping[str, Code]
    cases: Mapping[str, str]
    separator: str | None

    @property
    def listed(self) -> tuple[Code, ...]:
        """Each code once, and the steps above it."""
        merged: dict[tuple[str, ...], Code] = {}
        for code in self.by_guid.values():
            merged.setdefault(code.path, code)
        return with_ancestors(merged.values())


@dataclass(frozen=True)
class _Found:
    path: tuple[str, ...]
    element: Element
    guid: str


def read_codes(codebook: Element | None, cases: Mapping[str, str], faults: list[Fault], *, shown_as: str) -> Codes:
    """Return the codes of a code book; `cases` are the names of the file's cases by identifier.

    Faults are added to `faults`: a code without a name or a sound identifier, an identifier used twice.
    """
    if codebook is None:
        return Codes({}, {}, None)
    found = list(_found(codebook, (), faults, shown_as))
    times = Counter(code.guid for code in found if code.guid)
    faults += [
        Fault(
            shown_as,
            f"line {code.element.sourceline}",
            "two codes have the same GUID",
            code.guid,
            remedy="export again",
        )
        for code in found
        if times[code.guid] > 1
    ]
    standing_for = _standing_for_cases(found, cases)
    left = [code for code in found if code.guid not in standing_for]
    left = [code for code in left if not _only_parent_of_cases(code, found, standing_for)]
    groups = _groups(codebook)
    codes, separator = unfolded({code.guid: _code(code, groups.get(code.guid, ())) for code in left})
    return Codes(codes, standing_for, separator)


def deviations_of_codes(codes: Codes, *, shown_as: str) -> Iterator[Fault]:
    """Yield what was made of the codes that the file does not say outright."""
    if codes.separator:
        message = "the codes are not nested: their paths were read from their names"
        yield Fault(shown_as, "codes", message, f"steps parted by {codes.separator}")
    if codes.cases:
        message = "codes that repeat cases were read as cases, not as codes"
        yield Fault(shown_as, "codes", message, f"{len(codes.cases):,}")
    paths = [code.path for code in codes.by_guid.values()]
    if len(set(paths)) < len(paths):
        message = "codes with the same path were read as one"
        yield Fault(shown_as, "codes", message, f"{len(paths) - len(set(paths)):,}")


def _found(parent: Element, above: tuple[str, ...], faults: list[Fault], shown_as: str) -> Iterator[_Found]:
    for element in parent:
        if local_name(element) == "Codes":
            yield from _found(element, above, faults, shown_as)
        if local_name(element) != "Code":
            continue
        name, guid = plain(element.get("name") or ""), guid_of(element.get("guid"))
        place = f"line {element.sourceline}"
        if not name:
            faults.append(Fault(shown_as, place, "a code has no name", remedy="name it in the tool"))
        if guid is None:
            faults.append(Fault(shown_as, place, "not a GUID", shown(element.get("guid")), remedy="export again"))
        path = (*above, name)
        yield _Found(path, element, guid or "")
        yield from _found(element, path, faults, shown_as)


def _standing_for_cases(found: list[_Found], cases: Mapping[str, str]) -> dict[str, str]:
    """The codes that are cases: of a case's identifier, or all codes below one parent named after cases."""
    names = {name.casefold(): name for name in cases.values() if name}
    siblings: dict[tuple[str, ...], list[_Found]] = {}
    for code in found:
        siblings.setdefault(code.path[:-1], []).append(code)
    standing_for = {code.guid: cases[code.guid] or code.path[-1] for code in found if code.guid in cases}
    for children in siblings.values():
        if all(code.path[-1].casefold() in names for code in children):
            standing_for |= {code.guid: names[code.path[-1].casefold()] for code in children}
    return standing_for


def _only_parent_of_cases(code: _Found, found: list[_Found], standing_for: Mapping[str, str]) -> bool:
    if code.element.find("{*}Code") is None:
        return False
    below = [other for other in found if other.path[: len(code.path)] == code.path and other.guid != code.guid]
    return bool(below) and all(other.guid in standing_for for other in below)


def _code(found: _Found, groups: tuple[str, ...]) -> Code:
    described = found.element.find("{*}Description")
    description = plain(described.text or "") if described is not None else ""
    codable = (found.element.get("isCodable") or "true").strip() not in ("false", "0")
    return Code(found.path, description, groups, codable, found.guid)


def _groups(codebook: Element) -> dict[str, tuple[str, ...]]:
    """The sets that each code is in, by identifier: a project's sets stand beside its code book."""
    top = codebook if codebook.find("{*}Sets") is not None else codebook.getparent()
    groups: dict[str, set[str]] = {}
    for group in top.iterfind("{*}Sets/{*}Set") if top is not None else ():
        for member in group.iterfind("{*}MemberCode"):
            guid = guid_of(member.get("targetGUID") or member.get("guid"))
            groups.setdefault(guid or "", set()).add(plain(group.get("name") or ""))
    return {guid: tuple(sorted(names)) for guid, names in groups.items()}
