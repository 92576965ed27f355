"""Taguette's database and its exports: tags with dots for steps, positions in UTF-8 bytes of the text of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.code_tree import path_of, plain, with_ancestors
from casebook.restricted.intake.formats import Request
from casebook.restricted.intake.project import (
    Code,
    Coding,
    Format,
    Interview,
    OffsetConvention,
    Project,
    Quotation,
    Selection,
    arranged,
    lettered,
)
from casebook.restricted.intake.safe_open.database import Database, Row, open_database
from casebook.restricted.intake.safe_open.text import Records

HIGHLIGHTS = ("id", "document", "tag", "content")
CODEBOOK = ("tag", "description")
_STEP = "."
_TABLES = ("projects", "documents", "tags", "highlights", "highlight_tags", "commands")
_ADDED = "highlight_add"
_EXPORT_AGAIN = "export it again from Taguette"


def read_database(request: Request) -> Project:
    """Return the only project of a Taguette database; raises DataRefused.

    Who coded is taken from the log of commands; a highlight that the log does not hold has no coder.
    """
    with open_database(request.path, _TABLES, shown_as=request.shown_as) as database:
        projects = database.rows("projects", ("id", "name"))
        if len(projects) != 1:
            found, remedy = str(len(projects)), "export each project by itself"
            message = "the database must hold one project"
            raise DataRefused.one(request.shown_as, "projects", message, value=found, allowed="1", remedy=remedy)
        return arranged(_project(database, request))


def read_highlights(records: Records, request: Request) -> Project:
    """Return the codings of an export of highlights, whose coders are unknown; raises DataRefused for broken rows."""
    rows = dict(list(records.items())[1:])
    faults = [
        Fault(request.shown_as, f"row {number}", "the row lacks its document or its tag", remedy=_EXPORT_AGAIN)
        for number, row in rows.items()
        if len(row) < len(HIGHLIGHTS) or not row[1].strip() or not row[2].strip()
    ]
    if faults:
        raise DataRefused(faults)
    codings = [Coding(plain(row[1]), path_of(row[2], _STEP), selection=Selection()) for row in rows.values()]
    quotations = [
        Quotation(coding.interview, coding.code, row[3])
        for coding, row in zip(codings, rows.values(), strict=True)
        if coding.interview in request.permitted and row[3]
    ]
    message = "the export does not tell who coded"
    deviation = Fault(request.shown_as, "", message, remedy="hand in Taguette's .sqlite3 file to show agreement")
    return arranged(
        Project(
            Format.TAGUETTE,
            "Taguette",
            codes=with_ancestors(Code(path) for path in sorted({coding.code for coding in codings})),
            interviews=tuple(map(Interview, sorted({coding.interview for coding in codings}))),
            codings=tuple(codings),
            quotations=tuple(quotations),
            deviations=(deviation,),
        )
    )


def read_codebook_table(records: Records, request: Request) -> Project:
    """Return the codes of an export of the codebook, as a project without interviews; raises DataRefused."""
    rows = dict(list(records.items())[1:])
    faults = [
        Fault(request.shown_as, f"row {number}", "the row has no tag", remedy=_EXPORT_AGAIN)
        for number, row in rows.items()
        if not row[0].strip()
    ]
    if faults:
        raise DataRefused(faults)
    codes = with_ancestors(Code(path_of(row[0], _STEP), plain(row[1])) for row in rows.values())
    return arranged(Project(Format.TAGUETTE, "Taguette", codes=codes))


def _project(database: Database, request: Request) -> Project:
    faults: list[Fault] = []
    codes = {
        row["id"]: Code(path_of(str(row["path"]), _STEP), plain(str(row["description"] or "")))
        for row in database.rows("tags", ("id", "path", "description"))
    }
    documents = {row["id"]: row for row in database.rows("documents", ("id", "name", "contents"))}
    highlights = {
        row["id"]: row for row in database.rows("highlights", ("id", "document_id", "start_offset", "end_offset"))
    }
    texts = {key: _bytes_of(str(row["contents"])) for key, row in documents.items()}
    given = list(_given(database, codes, highlights, faults))
    faults += _faults_of_highlights(highlights, texts, request.shown_as)
    if faults:
        raise DataRefused(faults)
    names = _coders(database)
    coders = lettered(names[highlight] for highlight, _ in given if highlight in names)
    codings, quotations = [], []
    for highlight, tag in given:
        row = highlights[highlight]
        interview = plain(str(documents[row["document_id"]]["name"]))
        start, end = int(str(row["start_offset"])), int(str(row["end_offset"]))
        coder = coders[names[highlight]].id if highlight in names else ""
        codings.append(Coding(interview, codes[tag].path, coder, Selection(start, end)))
        if interview in request.permitted:
            words = texts[row["document_id"]][start:end].decode("utf-8", errors="ignore")
            quotations.append(Quotation(interview, codes[tag].path, words, coder))
    unknown = sum(1 for coding in codings if not coding.coder)
    message = "codings whose coder is not in the log"
    deviations = (Fault(request.shown_as, "commands", message, f"{unknown:,}"),) if unknown else ()
    return Project(
        Format.TAGUETTE,
        "Taguette",
        OffsetConvention.HTML_BYTES if codings else OffsetConvention.NONE,
        codes=with_ancestors(codes.values()),
        interviews=tuple(Interview(plain(str(row["name"]))) for row in documents.values()),
        coders=tuple(coders.values()),
        codings=tuple(codings),
        quotations=tuple(quotations),
        deviations=deviations,
    )


def _given(
    database: Database, codes: Mapping[object, Code], highlights: Mapping[object, Row], faults: list[Fault]
) -> Iterator[tuple[object, object]]:
    """Every highlight with each of its tags; those that are not in the database are added to `faults`."""
    for row in database.rows("highlight_tags", ("highlight_id", "tag_id")):
        if row["highlight_id"] in highlights and row["tag_id"] in codes:
            yield row["highlight_id"], row["tag_id"]
        else:
            message = "a highlight or a tag that is not in the database"
            faults.append(Fault(database.shown_as, "highlight_tags", message, remedy=_EXPORT_AGAIN))


def _faults_of_highlights(
    highlights: Mapping[object, Row], texts: Mapping[object, bytes], shown_as: str
) -> Iterator[Fault]:
    for key, row in highlights.items():
        start, end, text = row["start_offset"], row["end_offset"], texts.get(row["document_id"])
        if text is None:
            message = "a document that is not in the database"
            yield Fault(shown_as, f"highlight {key}", message, remedy=_EXPORT_AGAIN)
        elif not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end <= len(text):
            yield Fault(shown_as, f"highlight {key}", "the highlight is not within its document", remedy=_EXPORT_AGAIN)


def _coders(database: Database) -> dict[object, str]:
    """Who added each highlight, as the log of commands says; the last one counts."""
    names: dict[object, str] = {}
    for row in database.rows("commands", ("user_login", "payload")):
        try:
            command = json.loads(str(row["payload"]))
        except (ValueError, RecursionError):
            continue
        if isinstance(command, dict) and command.get("type") == _ADDED and plain(str(row["user_login"])):
            names[command.get("highlight_id")] = plain(str(row["user_login"]))
    return names


class _Words(HTMLParser):
    """Collects the text of a document; tags count for nothing, as in Taguette."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _bytes_of(html: str) -> bytes:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.words).encode("utf-8", errors="surrogatepass")
