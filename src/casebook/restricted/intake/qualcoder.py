"""QualCoder's project database (`data.qda`), read without its texts unless somebody may be quoted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.code_tree import plain, unfolded, with_ancestors
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
from casebook.restricted.intake.safe_open.database import Database, open_database

_TABLES = ("project", "source", "code_cat", "code_name", "code_text", "cases", "case_text", "attribute")
_MEDIA = ("code_image", "code_av")


def read_qualcoder(request: Request) -> Project:
    """Return the project of a QualCoder database, offsets in code points, as QualCoder counts; raises DataRefused."""
    with open_database(request.path, (*_TABLES, *_MEDIA), shown_as=request.shown_as) as database:
        return arranged(_project(database, request))


def _project(database: Database, request: Request) -> Project:
    faults: list[Fault] = []
    codes = _codes(database, faults)
    interviews = _interviews(database)
    texts = {_key(row["id"]): _words(row["fulltext"]) for row in database.rows("source", ("id", "fulltext"))}
    rows = _given(database, codes, interviews, faults)
    faults += _positions_beyond(rows, texts, request.shown_as)
    if faults:
        raise DataRefused(faults)
    coders = lettered(row.coder for row in rows if row.coder)
    letters = {name: coder.id for name, coder in coders.items()} | {"": ""}
    quotations = [
        Quotation(interviews[row.source].name, codes[row.code].path, row.words, letters[row.coder])
        for row in rows
        if interviews[row.source].name in request.permitted and row.words and row.words == row.slice_of(texts)
    ]
    about = database.rows("project", ("about",))
    return Project(
        Format.QUALCODER,
        plain(_words(about[0]["about"])) if about else "",
        OffsetConvention.CODE_POINTS_OF_LINES if any(row.end is not None for row in rows) else OffsetConvention.NONE,
        codes=with_ancestors(codes.values()),
        interviews=tuple({interview.name: interview for interview in interviews.values()}.values()),
        coders=tuple(coders.values()),
        codings=tuple(
            Coding(interviews[r.source].name, codes[r.code].path, letters[r.coder], Selection(r.start, r.end))
            for r in rows
        ),
        quotations=tuple(quotations),
    )


@dataclass(frozen=True)
class _Given:
    """One coding of the database, by the keys of its source and code."""

    place: str
    source: str
    code: str
    coder: str
    words: str = ""
    start: int | None = None
    end: int | None = None

    def slice_of(self, texts: Mapping[str, str]) -> str:
        return texts[self.source][self.start : self.end]


def _given(
    database: Database, codes: Mapping[str, Code], interviews: Mapping[str, Interview], faults: list[Fault]
) -> list[_Given]:
    """Every coding of text, image and sound; a dangling one is added to `faults`."""
    text = database.rows("code_text", ("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner"))
    given = [
        _Given(
            f"code_text {_key(row['ctid'])}",
            _key(row["fid"]),
            _key(row["cid"]),
            plain(_words(row["owner"])),
            _words(row["seltext"]),
            _whole(row["pos0"]),
            _whole(row["pos1"]),
        )
        for row in text
    ]
    for table, key in zip(_MEDIA, ("imid", "avid"), strict=True):
        for row in database.rows(table, (key, "id", "cid", "owner")):
            place = f"{table} {_key(row[key])}"
            given.append(_Given(place, _key(row["id"]), _key(row["cid"]), plain(_words(row["owner"]))))
    for one in given:
        for what, known in (("code", codes), ("source", interviews)):
            if getattr(one, what) not in known:
                message = f"the coding refers to no {what} of the database"
                faults.append(Fault(database.shown_as, one.place, message, remedy="repair it in QualCoder"))
    return given


def _positions_beyond(rows: list[_Given], texts: Mapping[str, str], shown_as: str) -> list[Fault]:
    wrong = [
        row
        for row in rows
        if (
            row.place.startswith("code_text")
            and (row.start is None or row.end is None or not 0 <= row.start <= row.end)
        )
        or (row.end is not None and texts.get(row.source) and row.end > len(texts[row.source]))
    ]
    message = "the selection is not within its text"
    return [Fault(shown_as, row.place, message, remedy="repair it in QualCoder") for row in wrong]


def _codes(database: Database, faults: list[Fault]) -> dict[str, Code]:
    """The codes by key, each below its category or the code it is a part of."""
    above: dict[str, tuple[str, str]] = {}
    described: dict[str, tuple[str, str]] = {}
    for row in database.rows("code_cat", ("catid", "name", "memo", "supercatid")):
        above[f"cat {_key(row['catid'])}"] = (plain(_words(row["name"])), _parent("cat", row["supercatid"]))
        described[f"cat {_key(row['catid'])}"] = (_words(row["memo"]), "")
    columns = ("cid", "name", "memo", "catid", "supercid")
    try:
        names = database.rows("code_name", columns)
    except DataRefused:
        # Databases of QualCoder before codes could lie below codes.
        names = [{**row, "supercid": None} for row in database.rows("code_name", columns[:-1])]
    for row in names:
        key = _key(row["cid"])
        above[key] = (plain(_words(row["name"])), _parent("", row["supercid"]) or _parent("cat", row["catid"]))
        described[key] = (_words(row["memo"]), key)
    codes = {}
    for key, (memo, guid) in described.items():
        path = _path(key, above)
        if path is None or not all(path):
            message = "the code has no name, or lies below itself or below none"
            faults.append(Fault(database.shown_as, f"code {key}", message, remedy="repair it in QualCoder"))
            path = ("",)
        codes[key] = Code(path, plain(memo), codable=bool(guid))
    return unfolded(codes)[0]


def _path(key: str, above: Mapping[str, tuple[str, str]]) -> tuple[str, ...] | None:
    path: list[str] = []
    seen: set[str] = set()
    while key:
        if key in seen or key not in above:
            return None
        seen.add(key)
        name, key = above[key]
        path.insert(0, name)
    return tuple(path)


def _interviews(database: Database) -> dict[str, Interview]:
    """The interview of each source: its case where it is in exactly one, else the source itself, with attributes."""
    names = {_key(row["id"]): plain(_words(row["name"])) for row in database.rows("source", ("id", "name"))}
    cases = {_key(row["caseid"]): plain(_words(row["name"])) for row in database.rows("cases", ("caseid", "name"))}
    of_source: dict[str, set[str]] = defaultdict(set)
    for row in database.rows("case_text", ("caseid", "fid")):
        of_source[_key(row["fid"])].add(_key(row["caseid"]))
    told: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in database.rows("attribute", ("name", "attr_type", "value", "id")):
        if plain(_words(row["value"])):
            kind = _words(row["attr_type"])
            told[kind, _key(row["id"])][plain(_words(row["name"]))] = plain(_words(row["value"]))
    named = {
        source: cases[next(iter(own))] if len(own := of_source[source] & cases.keys()) == 1 else name
        for source, name in names.items()
    }
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    for source, name in named.items():
        attributes[name] |= told["file", source]
        for case in of_source[source] if len(of_source[source]) == 1 else ():
            attributes[name] |= told["case", case]
    return {source: Interview(name, tuple(sorted(attributes[name].items()))) for source, name in named.items()}


def _parent(kind: str, key: object) -> str:
    return f"{kind} {_key(key)}".strip() if key not in (None, "") else ""


def _key(value: object) -> str:
    return str(value)


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
