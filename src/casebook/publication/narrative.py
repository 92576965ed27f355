"""The narrative: templates and protected tables in, Markdown pages and the register of their claims out."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import jinja2

from casebook.canonical import write_atomically
from casebook.codebook import EVERY_CRIME, Codebook
from casebook.errors import Fault, StatementRefused
from casebook.notebook_run import Mark
from casebook.protected_tables import POOLED, ProtectedTable, ProtectedTables, key_of
from casebook.publication import wording
from casebook.publication.agreement_view import AgreementView
from casebook.publication.audit_view import AuditView
from casebook.publication.blocks import (
    Figure,
    Ids,
    definitions_block,
    figure_block,
    results_block,
    results_caption,
    results_marks,
)
from casebook.publication.book.inert import inert
from casebook.publication.changes_view import ChangesView
from casebook.publication.claims import FILE as CLAIMS
from casebook.publication.claims import Claim, Kind, Register
from casebook.publication.coherence import faults_of_claims, faults_of_figures, faults_of_tables
from casebook.publication.comparison_view import Desk
from casebook.publication.comparison_words import citation
from casebook.publication.contexts import Contexts
from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.quotation_view import QuotationView
from casebook.publication.references import NO_REFERENCES, References
from casebook.publication.sentences import at_first_word
from casebook.publication.shown import Place, shown
from casebook.publication.table_view import Said, Scribe, TableView
from casebook.publication.templates import environment, faults_of_template, place, with_included
from casebook.study import Study


@dataclass(frozen=True)
class Page:
    """A page to write: its name in the book, its template, and the crime and country it is about."""

    name: str
    template: str
    crime: str = ""
    country: str = POOLED


@dataclass(frozen=True)
class Sources:
    """What the narrative of one edition and dissemination level is written from."""

    study: Study
    codebook: Codebook
    protected: ProtectedTables
    figures: Mapping[str, Figure]
    contexts: Contexts
    templates: Path
    earlier: EarlierEdition | None = None
    references: References = NO_REFERENCES


def write_narrative(sources: Sources, pages: Sequence[Page], out: Path) -> Register:
    """Write the pages into a folder and return their claims.

    Raises StatementRefused with the faults of all pages together; nothing is written then.
    """
    env = environment(sources.templates)
    names = with_included(env, [page.template for page in pages])
    faults = [fault for name in names for fault in faults_of_template(env, name)]
    register, texts = Register(), {}
    for page in pages:
        try:
            texts[page.name] = write_page(env, sources, page, register)
        except StatementRefused as refusal:
            faults.extend(refusal.faults)
        except (jinja2.TemplateNotFound, jinja2.TemplateSyntaxError):
            continue  # among the faults already
        except (jinja2.UndefinedError, TypeError) as error:
            faults.append(_fault_of(error, page, sources.templates))
    faults += faults_of_tables(sources.protected, sources.study)
    faults += faults_of_figures(sources.figures, sources.protected)
    faults += faults_of_claims(register.claims, sources.protected, sources.study)
    if faults:
        raise StatementRefused(faults)
    # A page that an earlier build wrote and this one does not would be staged with the others.
    shutil.rmtree(out, ignore_errors=True)
    for name, text in texts.items():
        write_atomically(out / f"{name}.md", text.encode("utf-8"))
    register.write(out / CLAIMS)
    return register


def write_page(env: jinja2.Environment, sources: Sources, page: Page, register: Register) -> str:
    """Return the text of a page and enter its claims into a register; raises StatementRefused."""
    return register.settle(_Writer(sources, page, register).render(env))


def names_in_templates(sources: Sources, page: Page) -> frozenset[str]:
    """Return the names that the template of a page may use."""
    return frozenset(_Writer(sources, page, Register()).names())


def _fault_of(error: Exception, page: Page, folder: Path) -> Fault:
    template, line = _place_of(error, folder) or (page.template, 0)
    what = "unknown name" if isinstance(error, jinja2.UndefinedError) else "a call that cannot be made"
    return Fault(template, f"line {line}" if line else "", f"{what}: {error}")


def _place_of(error: BaseException, folder: Path) -> tuple[str, int] | None:
    """Return the template and line in which the error arose; Jinja rewrites tracebacks to say it."""
    found, trace = None, error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(folder):
            found = path.relative_to(folder).as_posix(), trace.tb_lineno
        trace = trace.tb_next
    return found


@dataclass
class _Writer:
    """Renders one page: the names its template may use, and what it has looked at so far."""

    sources: Sources
    page: Page
    register: Register
    looked_at: list[tuple[str, bool]] = field(default_factory=list)
    branch: int = 0

    def render(self, env: jinja2.Environment) -> str:
        return env.get_template(self.page.template).render(self.names())

    def names(self) -> dict[str, Any]:
        """Return what the page's template may use, by name."""
        study, page = self.sources.study, self.page
        names: dict[str, Any] = {
            "study": study,
            "edition": study.editions[self.sources.protected.edition],
            "deliverable": self.sources.protected.edition,
            "public": self.sources.protected.dissemination == "PU",
            "crime": study.crimes.get(page.crime),
            "crime_code": page.crime,
            "country": study.countries.get(page.country),
            "country_code": page.country,
            "context": self.sources.contexts.get((page.country, page.crime)),
            "passes_gate": page.country in self.sources.protected.countries.get(page.crime, ()),
            "own_tables": self.own_tables,
            "own_groups": self.own_groups,
            "only_country": self.only_country,
            "pooled": self.pooled,
            "figure_of": self.figure_of,
            "by_author": self.by_author,
            "capitalised": _capitalised,
            "join": _joined,
            "table": self.table,
            "planned": self.planned,
            "sample": self.sample,
            "figure": self.figure,
            "has_figure": self.has_figure,
            "results": self.results,
            "ladder": lambda: Said(definitions_block(wording.LADDER_DEFINITIONS)),
            "one_sided_words": lambda: Said(definitions_block(wording.ONE_SIDED_DEFINITIONS)),
            "coders": self._coders(),
            "audit": AuditView(self.sources.protected.audit, self._scribe),
            "cite": lambda *works: Said(citation(*works)),
            **self._desk().names(),
            **self._changes().names(),
            **self._quotations().names(),
        }
        names.update({f"__{name}": getattr(self, name) for name in _ASSERTION_CALLS})
        return names

    def planned(self, variable: str, group: str, crime: str = "", subgroup: str = "") -> bool:
        """Return whether a table is planned and there are interviews for it in this edition."""
        return self._key(variable, group, crime, subgroup) in self.sources.protected

    def table(self, variable: str, group: str, crime: str = "", subgroup: str = "") -> TableView:
        """Return a protected table of the page's crime and country, or refuse a name that is not planned."""
        key = self._key(variable, group, crime, subgroup)
        if key not in self.sources.protected:
            raise self._refusal(key, "no such table is planned in study.yml for this edition")
        return self._view(key)

    def pooled(self, variable: str, group: str, crime: str = "") -> TableView:
        """Return a protected table of all countries taken together, on a country's page too."""
        key = ".".join((crime or self.page.crime, group, variable))
        if key not in self.sources.protected:
            raise self._refusal(key, "no such table is planned in study.yml for this edition")
        return self._view(key)

    def _view(self, key: str) -> TableView:
        protected = self.sources.protected[key]
        noun = self.sources.study.roles[protected.group].plural
        phrases = self.sources.study.tables[protected.id].phrases
        return TableView(key, protected, self.sources.codebook, noun, phrases, self._scribe)

    def _key(self, variable: str, group: str, crime: str, subgroup: str) -> str:
        name = ".".join(filter(None, (crime or self.page.crime, group, variable, subgroup)))
        return key_of(name, self.page.country)

    def own_tables(self, *sections: str) -> list[TableView]:
        """Return the tables of the page's crime and country in which an answer may be named, in the order of the plan.

        Those of some sections are returned, or of all.
        """
        own = {t.id: t for t in self._tables_of(self.page.crime, self.page.country)}
        planned = (own[name] for name in self.sources.study.tables if name in own)
        return [self._view(t.key) for t in planned if not sections or t.section in sections]

    def _tables_of(self, crime: str, country: str) -> list[ProtectedTable]:
        """Return the tables of a crime and country in which an answer may be named."""
        tables = (t for t in self.sources.protected.values() if (t.crime, t.country) == (crime, country))
        return [t for t in tables if any(wording.proves(cell, t.base, "named") for cell in t.cells)]

    def own_groups(self, crime: str = "", country: str = "") -> list[str]:
        """Return the groups of which a country has results of its own for a crime, in the order of study.yml."""
        found = {t.group for t in self._tables_of(crime or self.page.crime, country or self.page.country)}
        return [group for group in self.sources.study.roles if group in found]

    def only_country(self, group: str, crime: str = "") -> str:
        """Return the country in which all interviews of a group were held, where its own results show it, else ""."""
        about = (crime or self.page.crime, group)
        size = self.sources.protected.sample.get(".".join(about))
        own = [t for t in self.sources.protected.values() if t.country != POOLED and (t.crime, t.group) == about]
        found = next((t.country for t in own if t.group_size is not None and t.group_size == size), "")
        self._note(f"{'.'.join(about)} all held in {found or 'one country'}", bool(found))
        return found

    def sample(self, group: str, crime: str = "") -> Said:
        """Say how many interviews a crime and group has: "eight victims"; the sample is known to every reader."""
        key = f"{crime or self.page.crime}.{group}"
        n = self.sources.protected.sample.get(key, 0)
        if not n:
            raise self._refusal(key, "there are no such interviews in this edition")
        role = self.sources.study.roles[group]
        return self._record(
            "size", key, (), "size", f"{wording.number_word(n)} {role.singular if n == 1 else role.plural}"
        )

    def has_figure(self, name: str) -> bool:
        """Return whether the report notebook of this crime and country drew a figure that carries data."""
        return self._figure_key(name) in self.sources.figures

    def figure(self, name: str) -> Said:
        """Place a figure with its caption and alt text, or refuse a name that no report notebook drew."""
        key = self._figure_key(name)
        if key not in self.sources.figures:
            raise self._refusal(key, "no report notebook drew this figure")
        figure = self.sources.figures[key]
        if not figure.alt.strip() or not figure.caption.strip():
            raise self._refusal(key, "the figure has no alt text or no caption")
        self._show("mark", figure.marks, caption=figure.caption, name=figure.name)
        return Said(figure_block(figure))

    def _show(self, kind: Literal["mark", "cell"], marks: Iterable[Mark], *, caption: str, name: str) -> Ids:
        where = Place(self.page.name, caption, *place())
        return self.register.show(shown(marks, self.sources.protected, where, kind=kind), name)

    def figure_of(self, view: TableView) -> str:
        """Return the name of a figure of the page's crime and country that shows a table, or "" where none does."""
        own = self._figure_key("")
        drawn = ((key, figure) for key, figure in self.sources.figures.items() if key.startswith(own))
        return next((key.removeprefix(own) for key, figure in drawn if view.key in figure.tables), "")

    def _figure_key(self, name: str) -> str:
        return f"{self.page.crime or EVERY_CRIME}/{self.page.country}/{name}"

    def results(self, variable: str, *groups: str) -> Said:
        """Place a table of results: one row per answer, one column per group."""
        views = [self.table(variable, group) for group in groups]
        if not any(view.open for view in views):
            raise self._refusal(" ".join(view.key for view in views), "nothing of these tables is published")
        country = self.sources.study.countries.get(self.page.country)
        where = country.name if country else ""
        caption = results_caption(views, where)
        ids = self._show("cell", results_marks(views), caption=caption, name=views[0].key)
        return Said(results_block(views, where, ids=ids))

    def _desk(self) -> Desk:
        sources = self.sources
        return Desk(sources.references, sources.protected, sources.study, sources.codebook, self._scribe)

    def _changes(self) -> ChangesView:
        earlier, now, figures = self.sources.earlier, self.sources.protected, self.sources.figures
        return ChangesView(earlier, now, figures, self.sources.study, lambda: self.register.claims, self._scribe)

    def _quotations(self) -> QuotationView:
        return QuotationView(self.sources.protected.quotations, self.page.crime, self.sources.study, self._scribe)

    def _coders(self) -> AgreementView:
        return AgreementView(self.sources.protected.agreement, self.sources.codebook, self._scribe)

    @property
    def _scribe(self) -> Scribe:
        return Scribe(self._record, self._note, self._refusal)

    def by_author(self) -> Said:
        """Mark the sentence that follows as its author's statement: it says how many of something that is no data."""
        return self._record("authored", "", (), "author's statement", "")

    def _record(self, kind: Kind, table: str, cells: tuple[str, ...], form: str, text: str) -> Said:
        template, line = place()
        claim = Claim(self.page.name, kind, table, cells, form, text, template, line)
        return Said(self.register.bracket(claim))

    def _note(self, condition: str, proven: bool) -> bool:
        self.looked_at.append((condition, proven))
        return proven

    def _refusal(self, value: str, message: str) -> StatementRefused:
        file, line = place()
        remedy = "give the sentence another wording in {% assert %} ... {% otherwise %}"
        return StatementRefused([Fault(file, f"line {line}", message, value=value, remedy=remedy)])

    def begin(self) -> None:
        """Forget what was looked at before an assertion begins."""
        self.looked_at.clear()
        self.branch = 0

    def go_on(self) -> None:
        """Begin the condition of another wording, which does not rest on what was looked at for those before it."""
        self.branch = len(self.looked_at)

    def open_assertion(self, line: int) -> str:
        """Record the conditions a wording was printed for, and forget them.

        A wording is refused whose condition has looked at nothing: it would assert nothing.
        """
        holds = tuple(dict.fromkeys(condition for condition, held in self.looked_at[self.branch :] if held))
        self.begin()
        if not holds:
            remedy = "ask a table in it, or take the sentence out of the assertion"
            message = "the condition of this sentence looks at no table"
            raise StatementRefused([Fault(self.page.template, f"line {line}", message, remedy=remedy)])
        tables = sorted({condition.split("/")[0].split(" ")[0] for condition in holds})
        cells = tuple(dict.fromkeys(c.split(" ")[0].split("/", 1)[1] for c in holds if "/" in c))
        claim = Claim(
            self.page.name,
            "assertion",
            " ".join(tables),
            cells,
            "assertion",
            "",
            self.page.template,
            line,
            holds,
        )
        return Said(self.register.bracket(claim))

    def no_wording_holds(self, line: int) -> str:
        """Refuse the page: none of an assertion's wordings is proven."""
        looked_at = "; ".join(condition for condition, _ in self.looked_at)
        remedy = "add a wording that holds"
        message = "no wording of this sentence holds"
        raise StatementRefused([Fault(self.page.template, f"line {line}", message, looked_at, remedy=remedy)])


_ASSERTION_CALLS = ("begin", "go_on", "open_assertion", "no_wording_holds")


def _capitalised(text: str) -> Said:
    """Capitalise a sentence's first word even where it stands between the marks of a claim."""
    return Said(at_first_word(_finished(text), wording.capitalised))


def _joined(parts: Sequence[str]) -> Said:
    """Join claims and phrases to a list in a sentence."""
    return Said(wording.join([_finished(part) for part in parts]))


def _finished(text: str) -> str:
    return text if isinstance(text, Said) else inert(text)
