"""What the REFI-QDA standard fixes: identifiers, names of elements, and whether a file follows its schema.

Source: REFI-QDA standard 1.5, https://www.qdasoftware.org/; the schemas are its own, under the MIT licence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from casebook.errors import Fault
from casebook.restricted.intake.safe_open.markup import Element, local_name, namespace_of
from casebook.restricted.untrusted import inert

_SCHEMAS = {"Project": "Project-mrt2019.xsd", "CodeBook": "Codebook-mrt2019.xsd"}
NAMESPACES = {"Project": "urn:QDA-XML:project:1.0", "CodeBook": "urn:QDA-XML:codebook:1.0"}
_XSD = "http://www.w3.org/2001/XMLSchema"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_HARMLESS = re.compile(r"[0-9A-Fa-f{}.+-]{0,40}")
_MOST_LISTED = 20


def guid_of(text: str | None) -> str | None:
    """Return an identifier in lower case and without braces, or None where it is not one."""
    match = _GUID.fullmatch((text or "").strip())
    return (
        match[1].lower()
        if match and (text or "").strip().startswith("{") == (text or "").strip().endswith("}")
        else None
    )


def shown(text: str | None) -> str:
    """Return an identifier or a position as a message may show it; what looks like neither may be somebody's words."""
    written = text or ""
    return written if _HARMLESS.fullmatch(written) else f"a text of {len(written):,} characters"


def follows_standard(root: Element) -> bool:
    """Tell whether the root is in the namespace of the standard's version 1.0, and not of one of its drafts."""
    return namespace_of(root) == NAMESPACES.get(local_name(root))


def unknown_elements(root: Element, shown_as: str) -> Iterator[Fault]:
    """Yield the elements that the standard does not know, so that nothing is passed over which could be a coding."""
    known = _known_elements(local_name(root))
    for element in root.iter(etree.Element):
        if local_name(element) not in known:
            name = inert(local_name(element))
            place = f"line {element.sourceline}"
            yield Fault(shown_as, place, "an element that the standard does not know", name, remedy="export it again")


def deviations_from_schema(root: Element, shown_as: str) -> Iterator[Fault]:
    """Yield where a file breaks the standard's schema: at most 20 places, then their number.

    The root loses its hints where schemas lie, since libxml2 would follow them.
    """
    for element in root.iter(etree.Element):
        for hint in ("schemaLocation", "noNamespaceSchemaLocation"):
            element.attrib.pop(f"{{{_XSI}}}{hint}", None)
    if not follows_standard(root):
        yield Fault(shown_as, "", "the file follows a draft of the standard", inert(namespace_of(root)))
        return
    schema = _schema(local_name(root))
    if schema.validate(root):
        return
    # libxml2's own words repeat values, which may be somebody's.
    places = Counter((error.line, error.type_name) for error in _errors(schema))
    for line, kind in sorted(places)[:_MOST_LISTED]:
        yield Fault(shown_as, f"line {line}", "the file breaks the standard's schema", str(kind).lower())
    if len(places) > _MOST_LISTED:
        yield Fault(shown_as, "", "the file breaks the standard's schema in more places", f"{len(places):,} in all")


def _errors(schema: etree.XMLSchema) -> Iterator[Any]:
    log: Any = schema.error_log
    yield from log


@cache
def _schema(root: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(Path(__file__).parent / "schema" / _SCHEMAS[root])))


@cache
def _known_elements(root: str) -> frozenset[str]:
    tree = etree.parse(str(Path(__file__).parent / "schema" / _SCHEMAS[root]))
    return frozenset(str(element.get("name")) for element in tree.iter(f"{{{_XSD}}}element"))
