"""Files made to hurt whoever opens them: each a function that writes one, named after what it does."""

from __future__ import annotations

import sqlite3
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from small_qda import CODEBOOK, PROJECT

Maker = Callable[[Path], Path]

_OUTSIDE = "planted/secret.txt"
DTD = '<!DOCTYPE Project [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE Project SYSTEM "http://127.0.0.1:9/evil.dtd">'
FILE_ENTITY = '<!DOCTYPE Project [<!ENTITY file SYSTEM "file:///etc/hostname">]>'


def container(path: Path, *entries: tuple[str, bytes]) -> Path:
    """A container with a sound project and further entries."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, content in (("project.qde", PROJECT.encode()), *entries):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def project_only(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", content)
    return path


# Containers


def parent_folder(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("../../" + _OUTSIDE, b"x"))


def absolute_path(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("/" + _OUTSIDE, b"x"))


def drive(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("C:/" + _OUTSIDE, b"x"))


def backslashes(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("..\\" + _OUTSIDE, b"x"))


def link(folder: Path) -> Path:
    path = container(folder / "a.qdpx")
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("sources/link.txt")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        archive.writestr(entry, "/etc/hostname")
    return path


def same_name_twice(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("sources/a.txt", b"x"), ("sources/a.txt", b"y"))


def names_that_differ_in_case(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("sources/a.txt", b"x"), ("Sources/A.TXT", b"y"))


def two_projects(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("other.qde", PROJECT.encode()))


def no_project(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.qdpx", "w") as archive:
        archive.writestr("sources/a.txt", "x")
    return folder / "a.qdpx"


def control_characters_in_a_name(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("sources/\u202etxt.exe", b"x"))


def ratio_bomb(folder: Path) -> Path:
    return container(folder / "a.qdpx", ("sources/a.txt", bytes(20 * 2**20)))


def lying_ratio_bomb(folder: Path) -> Path:
    """A directory that says the project is small, which it is not."""
    path = project_only(folder / "a.qdpx", PROJECT.encode() + b" " * (20 * 2**20))
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 1_000)
    path.write_bytes(content)
    return path


def overlapping_entries(folder: Path) -> Path:
    """Many names for the same bytes (CVE-2024-0450)."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = compressor.compress(bytes(2**20 - 1)) + compressor.flush()
    crc = zlib.crc32(bytes(2**20 - 1))
    fixed = (20, 0, 8, 0, 33, crc, len(data), 2**20 - 1)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, *fixed, 5, 0) + b"a.txt" + data
    directory = b""
    for number in range(500):
        name = f"{number:05}".encode()
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, *fixed, 5, 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 500, 500, len(directory), len(local), 0)
    (folder / "a.qdpx").write_bytes(local + directory + end)
    return folder / "a.qdpx"


def thousands_of_entries(folder: Path) -> Path:
    return container(folder / "a.qdpx", *((f"sources/{number}.txt", b"") for number in range(6_000)))


def encrypted_entry(folder: Path) -> Path:
    path = container(folder / "a.qdpx")
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(signature) + place] |= 1
    path.write_bytes(content)
    return path


def truncated(folder: Path) -> Path:
    path = container(folder / "a.qdpx")
    path.write_bytes(path.read_bytes()[:-40])
    return path


# XML


def with_type(declaration: str, content: str = PROJECT) -> str:
    head, _, body = content.partition("?>")
    return f"{head}?>{declaration}{body}"


def entity_bomb(folder: Path) -> Path:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = with_type(f'<!DOCTYPE Project [<!ENTITY e0 "lol">{levels}]>').replace("Needs named", "&e11;")
    return project_only(folder / "a.qdpx", bomb.encode())


def entity_bomb_in_an_attribute(folder: Path) -> Path:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = with_type(f'<!DOCTYPE Project [<!ENTITY e0 "lol">{levels}]>').replace('name="debt"', 'name="&e11;"')
    return project_only(folder / "a.qdpx", bomb.encode())


def external_type(folder: Path) -> Path:
    return project_only(folder / "a.qdpx", with_type(EXTERNAL).encode())


def file_entity(folder: Path) -> Path:
    return project_only(folder / "a.qdpx", with_type(FILE_ENTITY).replace("Needs named", "&file;").encode())


def type_in_utf16(folder: Path) -> Path:
    return project_only(folder / "a.qdpx", with_type(DTD).replace("utf-8", "utf-16").encode("utf-16"))


def utf7(folder: Path) -> Path:
    hidden = with_type(DTD).replace("utf-8", "utf-7").replace("<!DOCTYPE", "+ADw-!DOCTYPE")
    return project_only(folder / "a.qdpx", hidden.encode())


def thousands_of_nested_codes(folder: Path) -> Path:
    code = '<Code guid="00000000-0000-0000-0000-000000000000" name="x" isCodable="true">'
    deep = CODEBOOK.replace("<Codes>", "<Codes>" + code * 20_000).replace("</Codes>", "</Code>" * 20_000 + "</Codes>")
    (folder / "a.qdc").write_text(deep, "utf-8")
    return folder / "a.qdc"


def thousands_of_attributes(folder: Path) -> Path:
    many = " ".join(f'a{number}="x"' for number in range(300_000))
    (folder / "a.qdc").write_text(CODEBOOK.replace("<Codes>", f"<Codes {many}>"), "utf-8")
    return folder / "a.qdc"


def millions_of_elements(folder: Path) -> Path:
    (folder / "a.qdc").write_text(CODEBOOK.replace("<Codes>", "<Codes>" + "<Set/>" * 2_000_000), "utf-8")
    return folder / "a.qdc"


def schema_from_elsewhere(folder: Path) -> Path:
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"'
    return project_only(folder / "a.qdpx", PROJECT.replace("<Project ", f"<Project {hint} ", 1).encode())


def source_path_that_leads_out(folder: Path) -> Path:
    (folder / "secret.txt").write_text("planted words of somebody else", "utf-8")
    return project_only(folder / "a.qdpx", PROJECT.replace("internal://a.txt", "internal://../../secret.txt").encode())


def absolute_source_path(folder: Path) -> Path:
    return project_only(folder / "a.qdpx", PROJECT.replace("internal://a.txt", "absolute:///etc/hostname").encode())


def not_utf8(folder: Path) -> Path:
    return project_only(folder / "a.qdpx", PROJECT.replace("debt", "d\udcffbt").encode("utf-8", "surrogateescape"))


# Workbooks


def workbook(path: Path, parts: dict[str, str]) -> Path:
    """A minimal workbook, with some of its parts put in place of the honest ones or added."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    honest = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName='
        '"/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="s" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet(""),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**honest, **parts}.items():
            archive.writestr(name, content)
    return path


def sheet(rows: str, dimension: str = "A1:B2") -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>a</t></is></c></row>'
    )
    return f'<worksheet xmlns="{main}"><dimension ref="{dimension}"/><sheetData>{head}{rows}</sheetData></worksheet>'


def dimension_bomb(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet("", "A1:XFD1048576")})


def far_cell(folder: Path) -> Path:
    rows = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook(folder / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet(rows)})


def many_wide_rows(folder: Path) -> Path:
    rows = "".join(f'<row r="{n}"><c r="BXX{n}"><v>1</v></c></row>' for n in range(2, 60_000))
    return workbook(folder / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet(rows)})


def macros(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", {"xl/vbaProject.bin": "x"})


def external_link(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", {"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


def formula(folder: Path) -> Path:
    rows = '<row r="2"><c r="A2"><f>HYPERLINK("http://127.0.0.1:9","x")</f><v>1</v></c></row>'
    return workbook(folder / "a.xlsx", {"xl/worksheets/sheet1.xml": sheet(rows)})


def type_in_a_part(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", {"xl/worksheets/sheet1.xml": DTD + sheet("")})


def encrypted_workbook(folder: Path) -> Path:
    (folder / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000))
    return folder / "a.xlsx"


def missing_part(folder: Path) -> Path:
    return workbook(folder / "a.xlsx", {"xl/_rels/workbook.xml.rels": "<Relationships/>"})


# Databases

TAGUETTE = """
CREATE TABLE projects (id INTEGER, name TEXT); INSERT INTO projects VALUES (1, 'p');
CREATE TABLE documents (id INTEGER, name TEXT, contents TEXT); INSERT INTO documents VALUES (1, 'one', '<p>words</p>');
CREATE TABLE tags (id INTEGER, path TEXT, description TEXT); INSERT INTO tags VALUES (1, 'a', '');
CREATE TABLE highlights (id INTEGER, document_id INTEGER, start_offset INTEGER, end_offset INTEGER);
INSERT INTO highlights VALUES (1, 1, 0, 5);
CREATE TABLE commands (user_login TEXT, payload TEXT);
"""
MEMBERS = (
    "CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER); INSERT INTO highlight_tags VALUES (1, 1);"
)


def database(path: Path, script: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def view_for_a_table(folder: Path) -> Path:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS highlight_id, 1 AS tag_id FROM n"
    )
    return database(folder / "a.sqlite3", f"{TAGUETTE} CREATE VIEW highlight_tags AS {endless};")


def trigger(folder: Path) -> Path:
    made = "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM tags; END;"
    return database(folder / "a.sqlite3", TAGUETTE + MEMBERS + made)


def generated_column(folder: Path) -> Path:
    heavy = "tag_id INTEGER AS (length(zeroblob(900000000)))"
    made = f"CREATE TABLE highlight_tags (highlight_id INTEGER, {heavy}); INSERT INTO highlight_tags VALUES (1);"
    return database(folder / "a.sqlite3", TAGUETTE + made)


def huge_value(folder: Path) -> Path:
    made = "UPDATE documents SET contents = hex(zeroblob(40000000));"
    return database(folder / "a.sqlite3", TAGUETTE + MEMBERS + made)


def damaged_database(folder: Path) -> Path:
    path = database(folder / "a.sqlite3", TAGUETTE + MEMBERS)
    content = bytearray(path.read_bytes())
    content[4_096:12_288] = b"\xff" * 8_192
    path.write_bytes(content)
    return path


def columns_of_other_kinds(folder: Path) -> Path:
    made = "UPDATE highlights SET start_offset = 'x', end_offset = zeroblob(4);"
    return database(folder / "a.sqlite3", TAGUETTE + MEMBERS + made)


# Text


def nul(folder: Path) -> Path:
    (folder / "a.csv").write_bytes(b"id,document,tag,content\n1,one,a\0,x\n")
    return folder / "a.csv"


def huge_field(folder: Path) -> Path:
    (folder / "a.csv").write_bytes(b"id,document,tag,content\n1,one,a," + b"x" * 2**20 + b"\n")
    return folder / "a.csv"


def latin1(folder: Path) -> Path:
    (folder / "a.csv").write_bytes("id,document,tag,content\n1,Zoë,a,x\n".encode("latin-1"))
    return folder / "a.csv"


def unclosed_quote(folder: Path) -> Path:
    (folder / "a.csv").write_bytes(b'id,document,tag,content\n1,"one,a,x\n')
    return folder / "a.csv"


def millions_of_rows(folder: Path) -> Path:
    (folder / "a.csv").write_bytes(b"id,document,tag,content\n" + b"1,one,a,\n" * 4_000_000)
    return folder / "a.csv"


# SPSS


def damaged_spss(folder: Path) -> Path:
    (folder / "a.sav").write_bytes(b"$FL2" + b"\xff" * 5_000)
    return folder / "a.sav"


#: Each attack with what its refusal says; where that is nothing, the file is read and has done no harm.
ATTACKS: dict[Maker, str] = {
    parent_folder: "the entry's name leads out of the container",
    absolute_path: "the entry's name leads out of the container",
    drive: "the entry's name leads out of the container",
    backslashes: "the entry's name leads out of the container",
    link: "the entry is a link or a device",
    same_name_twice: "two entries have the same name",
    names_that_differ_in_case: "two entries have the same name",
    two_projects: "the container must hold exactly one .qde file in its root; found 2",
    no_project: "the container must hold exactly one .qde file in its root; found 0",
    control_characters_in_a_name: "the entry's name holds control characters",
    ratio_bomb: "the entry grows out of all proportion when unpacked",
    lying_ratio_bomb: "the entry is damaged",
    overlapping_entries: "two entries lie in the same place",
    thousands_of_entries: "the container has too many entries",
    encrypted_entry: "the entry is encrypted",
    truncated: "the container is damaged",
    entity_bomb: "the XML",
    entity_bomb_in_an_attribute: "the XML",
    external_type: "the XML has a document type",
    file_entity: "the XML has a document type",
    type_in_utf16: "the XML has a document type",
    utf7: "the XML",
    thousands_of_nested_codes: "the XML is not well-formed, or nests too deeply",
    thousands_of_attributes: "the file is damaged",
    millions_of_elements: "reading the file takes too much",
    schema_from_elsewhere: "",
    source_path_that_leads_out: "",
    absolute_source_path: "",
    not_utf8: "the XML is not well-formed",
    dimension_bomb: "nothing says what the columns of this table are",
    far_cell: "the sheet is too large",
    many_wide_rows: "the sheet is too large",
    macros: "the workbook has macros, links or embedded files",
    external_link: "the workbook has macros, links or embedded files",
    formula: "row 2, column 1: the cell holds a formula",
    type_in_a_part: "the XML has a document type",
    encrypted_workbook: "the file is encrypted, or in a format of Office before 2007",
    missing_part: "the workbook is damaged",
    view_for_a_table: "the database has a view, a trigger or a virtual table",
    trigger: "the database has a view, a trigger or a virtual table",
    generated_column: "the table lacks a column; found tag_id",
    huge_value: "the table is damaged",
    damaged_database: "damaged",
    columns_of_other_kinds: "the highlight is not within its document",
    nul: "the file holds NUL bytes",
    huge_field: "the file is not comma-separated text",
    latin1: "line 2: the file is not UTF-8",
    unclosed_quote: "the file is not comma-separated text",
    millions_of_rows: "reading the file takes too much",
    damaged_spss: "the file is damaged",
}
