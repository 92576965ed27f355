"""Who was interviewed and who coded: the cases, sets and users of a REFI-QDA project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casebook.errors import Fault
from casebook.restricted.intake.code_tree import plain
from casebook.restricted.intake.project import Interview
from casebook.restricted.intake.refi_qda.sources import FoundCoding, FoundSource
from casebook.restricted.intake.refi_qda.standard import guid_of, shown
from casebook.restricted.intake.safe_open.markup import Element, local_name


@dataclass(frozen=True)
class _Case:
    guid: str
    name: str
    element: Element
    sources: frozenset[str]


def names_of_cases(project: Element) -> dict[str, str]:
    """Return the name of each case by identifier; a case that only carries a document's attributes has none."""
    return {
        guid_of(case.get("guid")) or "": plain(case.get("name") or "") for case in project.iterfind("{*}Cases/{*}Case")
    }


def read_users(project: Element, faults: list[Fault], *, shown_as: str) -> dict[str, str] | None:
    """Return the name of each user by identifier, the identifier where there is no name, or None without a list."""
    listed = project.find("{*}Users")
    if listed is None:
        return None
    users = {}
    for user in listed.iterfind("{*}User"):
        guid = guid_of(user.get("guid"))
        if guid is None:
            faults.append(Fault(shown_as, f"line {user.sourceline}", "not a GUID", remedy="export again"))
            continue
        users[guid] = plain(user.get("name") or user.get("id") or "") or guid
    return users


def read_interviews(
    project: Element,
    sources: list[FoundSource],
    members: Mapping[str, frozenset[str]],
    faults: list[Fault],
    *,
    shown_as: str,
) -> dict[str, Interview]:
    """Return the interview of each source: its case where it is in exactly one that has a name, else the source itself.

    `members` are the sources of cases that codes stand for, by the case's name. Faults are added to `faults`.
    """
    cases = list(_cases(project, sources, members, faults, shown_as))
    variables = {
        guid_of(v.get("guid")) or "": plain(v.get("name") or "") for v in project.iterfind("{*}Variables/{*}Variable")
    }
    of_source: dict[str, list[_Case]] = defaultdict(list)
    for case in cases:
        for guid in case.sources:
            of_source[guid].append(case)
    groups = _groups(project, {source.guid for source in sources}, faults, shown_as)
    named: dict[str, str] = {}
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    sets: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        own = [case for case in of_source[source.guid] if case.name]
        name = named[source.guid] = own[0].name if len(own) == 1 else source.name or source.guid
        told = [source.element, *(c.element for c in of_source[source.guid] if not c.name or len(own) == 1)]
        for element in told:
            attributes[name] |= _attributes(element, variables, faults, shown_as)
        sets[name] |= groups[source.guid]
    return {
        source.guid: Interview(
            named[source.guid],
            tuple(sorted(attributes[named[source.guid]].items())),
            tuple(sorted(sets[named[source.guid]])),
            source.guid,
        )
        for source in sources
    }


def deviations_of_coders(codings: Iterable[FoundCoding], *, shown_as: str) -> Iterator[Fault]:
    """Yield what speaks against taking the users of a file for those who coded."""
    given = [coding for coding in codings if coding.coder]
    others = sum(1 for coding in given if coding.selector and coding.selector != coding.coder)
    if others:
        message = "selections name another user than their codings, as merged projects do: who coded is not sure"
        remedy = "hand in one export per coder"
        yield Fault(shown_as, "Users", message, f"{others:,} of {len(given):,}", remedy=remedy)


def _cases(
    project: Element,
    sources: list[FoundSource],
    members: Mapping[str, frozenset[str]],
    faults: list[Fault],
    shown_as: str,
) -> Iterator[_Case]:
    known = {source.guid for source in sources}
    by_name: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        by_name[source.name].add(source.guid)
    for element in project.iterfind("{*}Cases/{*}Case"):
        guid, name = guid_of(element.get("guid")), plain(element.get("name") or "")
        if guid is None:
            faults.append(Fault(shown_as, f"line {element.sourceline}", "not a GUID", remedy="export again"))
        told = set(_referred(element, "SourceRef", known, faults, shown_as=shown_as)) | members.get(name, frozenset())
        # QualCoder names cases after their sources and does not refer to them.
        yield _Case(guid or "", name, element, frozenset(told or (by_name.get(name, set()) if name else set())))


def _groups(project: Element, known: set[str], faults: list[Fault], shown_as: str) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for group in project.iterfind("{*}Sets/{*}Set"):
        for guid in _referred(group, "MemberSource", known, faults, shown_as=shown_as):
            groups[guid].add(plain(group.get("name") or ""))
    return groups


def _referred(element: Element, kind: str, known: set[str], faults: list[Fault], *, shown_as: str) -> Iterator[str]:
    for reference in element.iterfind(f"{{*}}{kind}"):
        guid = guid_of(reference.get("targetGUID") or reference.get("guid"))
        if guid in known:
            yield guid or ""
        else:
            place = f"line {reference.sourceline}"
            found = shown(reference.get("targetGUID"))
            faults.append(
                Fault(shown_as, place, f"{kind} refers to no source of the file", found, remedy="export again")
            )


def _attributes(element: Element, variables: Mapping[str, str], faults: list[Fault], shown_as: str) -> dict[str, str]:
    attributes = {}
    for value in element.iterfind("{*}VariableValue"):
        reference = value.find("{*}VariableRef")
        guid = guid_of(reference.get("targetGUID")) if reference is not None else None
        if guid not in variables:
            place = f"line {value.sourceline}"
            faults.append(Fault(shown_as, place, "the value refers to no variable of the file", remedy="export again"))
            continue
        told = [plain(part.text or "") for part in value if local_name(part) != "VariableRef"]
        if told and told[0]:
            attributes[variables[guid or ""]] = told[0]
    return attributes
