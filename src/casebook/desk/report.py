"""The report to the partner: one page that needs nothing else, in the partner's language and terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casebook.codebook import Codebook
from casebook.desk.adding import Answer
from casebook.desk.languages import Language
from casebook.errors import MOST_LISTED, Fault
from casebook.publication.sentences import plain_blocks
from casebook.rehearsal import STAND_IN
from casebook.restricted.anonymity import GroupAnonymity
from casebook.restricted.identifiers import IDENTIFYING
from casebook.restricted.intake.code_map import NONE
from casebook.restricted.intake.project import STEP
from casebook.restricted.untrusted import is_control
from casebook.study import Study

TEMPLATE = "report.html.j2"
#: From so many double-coded interviews on a coefficient says something.
ENOUGH_DOUBLE = 10


@dataclass(frozen=True)
class Row:
    """One row of a table of the report."""

    cells: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A heading, paragraph or table row of the page that is previewed; a heading has a depth."""

    text: str
    depth: int = 0


def report(answer: Answer, study: Study, codebook: Codebook, *, language: Language) -> str:
    """Return the report as HTML: what was understood, what has to be put right, and what the interviews would change.

    Everything that a partner wrote comes out inert; no name of a coder or a file's folder is in it.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made = _Report(answer, study, codebook, language)
    names = {"_": language.text, "n_": language.plural, "number": language.number, "several": language.several}
    return environment.get_template(TEMPLATE).render(report=made, language=language, **names)


def _visible(value: object) -> object:
    """A text without characters that steer a screen or the direction of writing."""
    if type(value) is not str:
        return value
    return "".join(" " if is_control(character) else character for character in value)


class _Report:
    """What the template of the report asks for."""

    def __init__(self, answer: Answer, study: Study, codebook: Codebook, language: Language) -> None:
        self.answer, self.study, self.codebook, self.language = answer, study, codebook, language
        country = answer.handed_in.country
        self.country = language.country(country) or study.countries[country].name
        self.tables = answer.draft.tables

    @property
    def faults(self) -> Sequence[Fault]:
        return [self.language.fault(fault) for fault in self._faults[:MOST_LISTED]]

    @property
    def _faults(self) -> Sequence[Fault]:
        return sorted(set(self.answer.faults), key=Fault.reading_order)

    @property
    def faults_in_all(self) -> int:
        return len(self._faults)

    @property
    def identifying(self) -> Sequence[Fault]:
        """The places at which text may identify a person."""
        return [fault for fault in self._faults if fault.message.startswith(IDENTIFYING)]

    @property
    def anonymity(self) -> Sequence[Row]:
        """How many interviews share the rarest answer that could point at somebody, by crime and role."""
        return [self._anonymity(group) for group in self.answer.anonymity]

    def _anonymity(self, group: GroupAnonymity) -> Row:
        crime, role = group.group.split(" ")
        rarest, shared = group.smallest, "–"
        if rarest is not None:
            shared = f"{self.language.number(rarest.size)} ({': '.join(self._level(rarest.variable, rarest.level))})"
        numbers = map(self.language.number, (group.interviews, group.alone))
        return Row((self._crime(crime), self._role(role), *numbers, shared))

    @property
    def warnings(self) -> Sequence[Fault]:
        return [self.language.fault(fault) for fault in dict.fromkeys(self.answer.warnings)]

    @property
    def interviews(self) -> Sequence[Row]:
        """Interviews by crime and role."""
        counts = Counter(zip(self.tables.interview["crime"], self.tables.interview["role"], strict=True))
        return [
            Row((self._crime(crime), self._role(role), self.language.number(times)))
            for (crime, role), times in sorted(counts.items())
        ]

    @property
    def levels(self) -> Sequence[Row]:
        """How many interviews each level was coded in, by its code, in the order of the table of codings."""
        coding = self.tables.coding[self.tables.coding["level"].ne("")]
        counts = coding.drop_duplicates(["interview", "variable", "level"]).groupby(["variable", "level"], sort=True)
        return [Row((*self._level(*map(str, key)), self.language.number(len(rows)))) for key, rows in counts]

    @property
    def unmapped(self) -> Sequence[Row]:
        """Codes that nobody has decided on, with what they might stand for."""
        code_map = self.answer.code_map
        return [
            Row((code, self.language.number(code_map.codings[code]), self._suggested(code)))
            for code in code_map.undecided
        ]

    @property
    def left_out(self) -> Sequence[Row]:
        """Codes that were decided to stand for no level."""
        code_map = self.answer.code_map
        return [
            Row((decision.code, self.language.number(code_map.codings[decision.code]), decision.decided_by))
            for decision in code_map.decisions.values()
            if decision.match == NONE and decision.code in code_map.codings
        ]

    @property
    def agreement(self) -> Sequence[Row]:
        """Agreement between coders by variable, the smallest alpha first."""
        entries = [entry for entry in self.answer.agreement if not entry.level and entry.interviews]
        known = [entry for entry in entries if entry.interviews >= ENOUGH_DOUBLE]
        known.sort(key=lambda entry: (entry.alpha.value is None, entry.alpha.value or 0.0))
        return [
            Row(
                (
                    self._variable(entry.variable),
                    self.language.number(entry.interviews),
                    self._coefficient(entry.alpha.value, entry.alpha.low, entry.alpha.high, entry.alpha.undefined),
                    self._coefficient(entry.ac1.value, entry.ac1.low, entry.ac1.high, entry.ac1.undefined),
                    "" if entry.agreement is None else self.language.percent(entry.agreement),
                )
            )
            for entry in known
        ]

    @property
    def insufficient(self) -> Sequence[str]:
        """The variables of which too few interviews were coded twice."""
        few = (e.variable for e in self.answer.agreement if not e.level and 0 < e.interviews < ENOUGH_DOUBLE)
        return [self._variable(name) for name in few]

    @property
    def gate(self) -> Sequence[Row]:
        """Whether the country's own results on each crime may stand on its page, by edition and level."""
        books = self.answer.effects.books if self.answer.effects else ()
        own = self.answer.handed_in.country
        verdict = {True: self.language.text("own results"), False: self.language.text("pooled results only")}
        return [
            Row((book.edition, book.level, self._crime(crime), verdict[own in before], verdict[own in after]))
            for book in books
            for crime, (before, after) in book.gate.items()
        ]

    @property
    def held_back(self) -> Sequence[Row]:
        """The groups whose newest interviews are not counted yet, and the edition that they are reported as in."""
        books = self.answer.effects.books if self.answer.effects else ()
        return [
            Row((book.edition, book.level, *self._crime_and_role(group), counted_in))
            for book in books
            for group, counted_in in book.held_back.items()
        ]

    def _crime_and_role(self, group: str) -> tuple[str, str]:
        crime, role = group.split(".")
        return self._crime(crime), self._role(role)

    @property
    def preview(self) -> Sequence[tuple[str, Sequence[Block]]]:
        """The country's pages as the public would read them, on the crimes that were handed in."""
        pages = self.answer.effects.pages if self.answer.effects else {}
        crimes = sorted(set(self.tables.interview["crime"]))
        named = ((crime, f"countries/{crime}-{self.answer.handed_in.country}") for crime in crimes)
        return [(self._crime(crime), list(_blocks(pages[name]))) for crime, name in named if name in pages]

    def _variable(self, name: str) -> str:
        return self.codebook[name].label if name in self.codebook else name

    def _level(self, variable: str, level: str) -> tuple[str, str]:
        """The labels of a variable and its level, or what stands there where the codebook has none of that name."""
        labels = (
            {entry.id: entry.label for entry in self.codebook[variable].levels} if variable in self.codebook else {}
        )
        return self._variable(variable), labels.get(level, level)

    def _crime(self, crime: str) -> str:
        return self.language.text(self.study.crimes[crime].title) if crime in self.study.crimes else crime

    def _role(self, role: str) -> str:
        return self.language.text(self.study.roles[role].plural) if role in self.study.roles else role

    def _suggested(self, code: str) -> str:
        hint = self.answer.code_map.suggestions.get(code)
        return f"{hint.variable}{STEP}{hint.level}" if hint else ""

    def _coefficient(self, value: float | None, low: float | None, high: float | None, undefined: str) -> str:
        if value is None:
            return f"{self.language.text('undefined')}: {self.language.text(undefined)}"
        shown = self.language.number(value, "0.00")
        if low is None or high is None:
            return shown
        return f"{shown} ({self.language.number(low, '0.00')} – {self.language.number(high, '0.00')})"


def _blocks(page: str) -> Iterator[Block]:
    """The headings and paragraphs of a finished page; tables are left to the book."""
    for text in plain_blocks(page):
        marks = len(text) - len(text.lstrip("#"))
        if "|" not in text and not text.startswith((":", "---")) and text != STAND_IN:
            yield Block(text[marks:].strip(), marks)
