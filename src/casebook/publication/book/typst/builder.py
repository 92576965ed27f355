"""The Sphinx builder that makes one accessible, archivable PDF of a whole book."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import typst
from docutils import nodes
from sphinx.builders import Builder
from sphinx.util import logging

from casebook.canonical import write_atomically
from casebook.errors import BookRefused, Fault
from casebook.publication.book.fonts import font_folders
from casebook.publication.book.typst import blocks, figures, inline, sections, tables
from casebook.publication.book.typst.assembly import Book, assemble
from casebook.publication.book.typst.front_matter import FrontMatter, read_front_matter
from casebook.publication.book.typst.images import Images
from casebook.publication.book.typst.inline import LOCAL
from casebook.publication.book.typst.literals import string
from casebook.publication.book.typst.numbers import Numbers
from casebook.publication.book.typst.structure import TableShape, finished
from casebook.publication.book.typst.translator import Writer

RENDERERS = inline.RENDERERS | blocks.RENDERERS | figures.RENDERERS | tables.RENDERERS | sections.RENDERERS
TEMPLATE = "deliverable.typ"
_PREAMBLE = f'#import "{TEMPLATE}": *\n#show: deliverable.with(json("meta.json"), json("lists.json"))\n'
_PLACE_IN_MAIN = re.compile(r"main\.typ:(\d+)")
log = logging.getLogger(__name__)


class TypstBuilder(Builder):
    """Writes the book as Typst, what it needs, and its PDF; refuses a book with any fault, and names them all."""

    name = "typst"
    format = "typst"
    epilog = "The PDF is in %(outdir)s."
    allow_parallel = True

    def init(self) -> None:
        """Vectors are preferred to pixels."""
        self.supported_image_types = ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"]

    def get_outdated_docs(self) -> str:
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:  # noqa: ARG002 (Sphinx's signature)
        return f"{LOCAL}{docname}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:  # noqa: ARG002 (the same)
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: set[str]) -> None:
        """There is nothing to prepare: the book is written as a whole."""

    def write(self, *_which: object, **_how: object) -> None:
        """Write the book and its PDF, whatever documents Sphinx asks for: the book is one file."""
        front = read_front_matter(self.config.typst_meta)
        source, writer = self._written()
        out = Path(self.outdir)
        write_atomically(out / TEMPLATE, files(__package__).joinpath(TEMPLATE).read_bytes())
        write_atomically(out / "meta.json", front.encoded())
        write_atomically(out / "lists.json", writer.listed.encoded())
        for name, (path, _) in self._attachments():
            write_atomically(out / name, Path(self.srcdir, path).read_bytes())
        write_atomically(out / "main.typ", source.encode("utf-8"))
        pdf = _tagged(self._compiled(source), [*front.shapes(), *writer.shapes], _figures(writer.book))
        write_atomically(out / f"{self._pdf_name(front)}.pdf", pdf)

    def _pdf_name(self, front: FrontMatter) -> str:
        return str(self.config.typst_pdf_name) or front.number

    def _written(self) -> tuple[str, Writer]:
        book, faults = assemble(self)
        writer = Writer(book, Numbers(self.env, self.config), Images(self.env, Path(self.outdir)), RENDERERS)
        body = sections.book(writer)
        if faults or writer.faults:
            raise BookRefused([*faults, *writer.faults])
        attached = (f"#attachment({string(name)}, {string(told)})\n" for name, (_, told) in self._attachments())
        return f"{_PREAMBLE}{''.join(attached)}{body}", writer

    def _attachments(self) -> Iterable[tuple[str, tuple[str, str]]]:
        """The files attached to the PDF: name, path in the source folder, and what they are."""
        return sorted(self.config.typst_attached.items())

    def _compiled(self, source: str) -> bytes:
        paths = [str(path) for path in self.config.typst_font_paths or font_folders()]
        out = Path(self.outdir)
        try:
            pdf, warnings = typst.compile_with_warnings(
                str(out / "main.typ"),
                root=str(out),
                font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths),
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=list(self.config.typst_pdf_standards),
                timestamp=int(self.config.typst_timestamp),
            )
        except typst.TypstError as error:
            raise BookRefused([self._explained(error, source)]) from error
        if warnings:
            raise BookRefused([self._explained(warning, source) for warning in warnings])
        return bytes(pdf)

    def _explained(self, problem: typst.TypstError | typst.TypstWarning, source: str) -> Fault:
        line = _PLACE_IN_MAIN.search(problem.diagnostic)
        before = source.splitlines()[: int(line[1])] if line else []
        docname = next((text[12:] for text in reversed(before) if text.startswith("// document ")), "")
        file = str(self.env.doc2path(docname, False)) if docname else TEMPLATE
        return Fault(file, "", f"the PDF cannot be made: {problem.message}", remedy="; ".join(problem.hints))


def _figures(book: Book) -> int:
    """The images of all documents, and the emblem on the cover."""
    return 1 + sum(1 for document in book.documents.values() for _ in document.findall(nodes.image))


def _tagged(pdf: bytes, shapes: list[TableShape], figures: int) -> bytes:
    try:
        return finished(pdf, shapes, figures=figures)
    except ValueError as error:
        raise BookRefused([Fault("main.typ", "", str(error))]) from error
