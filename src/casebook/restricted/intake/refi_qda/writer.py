"""REFI-QDA files of ours, by the standard's schema, so that partners can look at what was understood."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lxml import etree

from casebook.restricted.intake.project import Code, Coding, Interview, Project, Selection
from casebook.restricted.intake.refi_qda.standard import NAMESPACES
from casebook.restricted.intake.safe_open.markup import Element

ORIGIN = "Casebook"
_NAMESPACE = uuid.UUID("5f2b9a52-6f5d-5c0e-9d64-1f0b6c4f5a70")
#: The one date that ZIP knows and that says nothing.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def codebook_file(project: Project) -> bytes:
    """Return the codes of a project as a .qdc file; the schema wants at least one."""
    root = _root("CodeBook", origin=ORIGIN)
    _write_codes(root, project.codes)
    _write_groups(root, project.codes, (), member="guid")
    return _document(root)


def project_file(project: Project) -> bytes:
    """Return a project as a .qdpx file without texts, its coders under their letters; same project, same bytes.

    The standard has no place for kinds of missing answers, absences and coverage; they and all quotations are left out.
    """
    root = _root("Project", name=ORIGIN, origin=ORIGIN)
    if project.coders:
        users = _add(root, "Users")
        for coder in project.coders:
            _add(users, "User", guid=_guid("user", coder.id), name=coder.id)
    if project.codes:
        _write_codes(_add(root, "CodeBook"), project.codes)
    names = sorted({name for interview in project.interviews for name, _ in interview.attributes})
    if names:
        variables = _add(root, "Variables")
        for name in names:
            _add(variables, "Variable", guid=_guid("variable", name), name=name, typeOfVariable="Text")
    if project.interviews:
        _write_sources(_add(root, "Sources"), project)
    _write_groups(root, project.codes, project.interviews, member="targetGUID")
    # Without texts nobody could find out what the positions count.
    _add(root, "Description").text = project.offset_convention.value
    return _container({"project.qde": _document(root)})


def _write_codes(parent: Element, codes: Iterable[Code]) -> None:
    elements: dict[tuple[str, ...], Element] = {(): _add(parent, "Codes")}
    for code in sorted(codes):
        codable = "true" if code.codable else "false"
        element = _add(elements[code.path[:-1]], "Code", guid=_code(code.path), name=code.path[-1], isCodable=codable)
        if code.description:
            _add(element, "Description").text = code.description
        elements[code.path] = element


def _write_groups(root: Element, codes: Iterable[Code], interviews: Iterable[Interview], *, member: str) -> None:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code in codes:
        for name in code.groups:
            groups[name].append(("MemberCode", _code(code.path)))
    for interview in interviews:
        for name in interview.groups:
            groups[name].append(("MemberSource", _guid("source", interview.name)))
    if not groups:
        return
    sets = _add(root, "Sets")
    for name in sorted(groups):
        element = _add(sets, "Set", guid=_guid("set", name), name=name)
        for kind, guid in groups[name]:
            _add(element, kind, **{member: guid})


def _write_sources(sources: Element, project: Project) -> None:
    codings: dict[str, list[tuple[int, Coding]]] = defaultdict(list)
    for number, coding in enumerate(project.codings):
        codings[coding.interview].append((number, coding))
    for interview in project.interviews:
        _write_source(sources, interview, codings[interview.name])


def _write_source(sources: Element, interview: Interview, codings: list[tuple[int, Coding]]) -> None:
    unplaced = [(n, c) for n, c in codings if c.selection is not None and c.selection.start is None]
    # A text has no selections without positions; a page has, and a text that represents it.
    kind = "PDFSource" if unplaced else "TextSource"
    source = text = _add(sources, kind, guid=_guid("source", interview.name), name=interview.name)
    for number, coding in unplaced:
        nowhere = dict.fromkeys(("page", "firstX", "firstY", "secondX", "secondY"), "0")
        _write_coding(_add(source, "PDFSelection", guid=_guid("selection", str(number)), **nowhere), coding, number)
    if unplaced:
        text = _add(source, "Representation", guid=_guid("text", interview.name))
    for number, coding in codings:
        if coding.selection is not None and coding.selection.start is not None:
            _write_coding(_add(text, "PlainTextSelection", **_positions(coding, number)), coding, number)
    for number, coding in codings:
        if coding.selection is None:
            _write_coding(source, coding, number)
    for name, value in interview.attributes:
        told = _add(source, "VariableValue")
        _add(told, "VariableRef", targetGUID=_guid("variable", name))
        _add(told, "TextValue").text = value


def _positions(coding: Coding, number: int) -> dict[str, str]:
    selection = coding.selection or Selection()
    placed = {"startPosition": str(selection.start), "endPosition": str(selection.end)}
    return {"guid": _guid("selection", str(number)), **placed, **_user(coding)}


def _write_coding(parent: Element, coding: Coding, number: int) -> None:
    element = _add(parent, "Coding", guid=_guid("coding", str(number)), **_user(coding))
    _add(element, "CodeRef", targetGUID=_code(coding.code))


def _user(coding: Coding) -> dict[str, str]:
    return {"creatingUser": _guid("user", coding.coder)} if coding.coder else {}


def _root(name: str, /, **attributes: str) -> Element:
    spaces: Any = {None: NAMESPACES[name]}
    return etree.Element(etree.QName(NAMESPACES[name], name), attributes, nsmap=spaces)


def _add(parent: Element, name: str, /, **attributes: str) -> Element:
    return etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, name), attributes)


def _code(path: tuple[str, ...]) -> str:
    return _guid("code", *path)


def _guid(*parts: str) -> str:
    """The same thing has the same identifier in every file of ours."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def _document(root: Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _container(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DATE), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
