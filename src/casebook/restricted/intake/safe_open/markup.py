"""XML without document types, entities, network or unbounded trees."""

from __future__ import annotations

from typing import Any

from lxml import etree

from casebook.errors import DataRefused

Element = Any  # lxml.etree._Element; its stubs do not name it in public

_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})
_NO_MEMORY = 2  # XML_ERR_NO_MEMORY of libxml2
_EXPORT_AGAIN = "export it again with the tool it comes from"


def parse_xml(content: bytes, *, shown_as: str, place: str = "") -> Element:
    """Return the root element of an XML document.

    Raises DataRefused where it is not well-formed, nests deeper than 256 elements, has a document type (and so could
    have entities), or claims an encoding that could hide one.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if getattr(error, "code", None) == _NO_MEMORY:
            raise MemoryError from error
        message = "the XML is not well-formed, or nests too deeply"
        where = f"{place} line {getattr(error, 'lineno', None) or 1}".strip()
        raise DataRefused.one(shown_as, where, message, remedy=_EXPORT_AGAIN) from error
    document: Any = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise DataRefused.one(shown_as, place, "the XML has a document type", remedy=_EXPORT_AGAIN)
    if (document.encoding or "utf-8").lower() not in _ENCODINGS:
        raise DataRefused.one(shown_as, place, "the XML is in an unusual encoding", allowed="UTF-8")
    return root


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(etree.QName(element).localname)


def namespace_of(element: Element) -> str:
    """Return the namespace of an element, or nothing."""
    return str(etree.QName(element).namespace or "")
