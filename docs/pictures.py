"""Make the pictures of docs/partners.md: the workbook as a spreadsheet shows it, and the report as a browser does."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.worksheet.properties import PageSetupProperties
from small_desk import handed_in
from small_project import small_project

from casebook.codebook import read_codebook
from casebook.desk.adding import Desk, HandedIn, answer_to
from casebook.desk.annotation import annotated
from casebook.desk.languages import language
from casebook.desk.report import report
from casebook.restricted.intake.workbook_template import Request, workbook
from casebook.study_files import read_study

PROJECT = Path(__file__).parents[1]
PICTURES = Path(__file__).parent / "pictures"
FAULTY: dict[tuple[str, str], str | None] = {("interviews", "F3"): "X", ("coverage", "D3"): "perhaps"}


def main() -> int:
    """Make all pictures anew; says so and ends where LibreOffice, Chromium or pdftoppm are not there."""
    programs = {name: shutil.which(name) for name in ("soffice", "chromium", "pdftoppm")}
    if missing := [name for name, found in programs.items() if not found]:
        print(f"Not there: {', '.join(missing)}.")
        return 1
    PICTURES.mkdir(exist_ok=True)
    codebook = read_codebook(PROJECT / "data")
    with tempfile.TemporaryDirectory() as elsewhere:
        folder = Path(elsewhere)
        made = workbook(Request("PT", "OG", "2", ("OG-0417", "OG-2280", "OG-5093")), codebook)
        _sheet(made, "interviews", "A1:L5", folder)
        _sheet(made, "coding OG", "A1:J13", folder)
        _reports(folder)
    return 0


def _reports(folder: Path) -> None:
    root = small_project(folder)
    codebook = read_codebook(root / "data")
    desk = Desk.of(root, read_study(root, codebook), codebook)
    files = (str(handed_in(folder, cells=FAULTY)),)
    answer = answer_to(desk, HandedIn("ES", files, datetime.date(2021, 10, 1), synthetic=True))
    page = folder / "report.html"
    page.write_text(report(answer, desk.study, codebook, language=language("en")), "utf-8")
    _shot(page, "report", folder)
    _sheet(
        annotated(answer.readings[0], answer.faults, codebook, language("en")), "interviews", "A1:J5", folder, "marked"
    )


def _sheet(content: bytes, name: str, area: str, folder: Path, picture: str = "") -> None:
    """Print a part of one sheet, on one page as wide as it is."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for other in book.sheetnames:
        if other not in (name, "lists", "interviews"):
            del book[other]
        elif other != name:
            book[other].sheet_state = "hidden"
    sheet = book[name]
    book.active = book.sheetnames.index(name)
    sheet.print_area = area
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 1
    sheet.print_options.gridLines = True
    stem = picture or name.replace(" ", "-")
    path = folder / f"{stem}.xlsx"
    book.save(path)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path))
    _run("pdftoppm", "-png", "-r", "110", "-singlefile", str(folder / f"{stem}.pdf"), str(folder / stem))
    _cropped(folder / f"{stem}.png", PICTURES / f"{stem}.png")


def _shot(page: Path, name: str, folder: Path) -> None:
    out = folder / f"{name}.png"
    _run("chromium", "--headless", "--no-sandbox", f"--screenshot={out}", "--window-size=1000,900", page.as_uri())
    _cropped(out, PICTURES / f"{name}.png")


def _cropped(source: Path, target: Path) -> None:
    """Keep what is drawn, with a narrow margin, in few colours."""
    from PIL import Image, ImageChops

    picture = Image.open(source).convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox() or (0, 0, *picture.size)
    edge = (max(box[0] - 8, 0), max(box[1] - 8, 0), min(box[2] + 8, picture.width), min(box[3] + 8, picture.height))
    picture.crop(edge).quantize(64).save(target, optimize=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    sys.exit(main())
