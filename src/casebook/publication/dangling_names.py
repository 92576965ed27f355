"""Names in templates and report notebooks that point at nothing, found without running either."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import jinja2
from jinja2 import nodes

from casebook.codebook import EVERY_CRIME, Codebook
from casebook.errors import Fault
from casebook.notebook_run import table_id
from casebook.publication.notebooks.parameters import Declared
from casebook.study import Study

#: Calls of a template whose first argument names a figure.
_FIGURE_CALLS = ("figure", "has_figure")
_NAMES_OF_JINJA = ("loop", "caller", "varargs", "kwargs", "self")
#: Calls of a report notebook whose first argument names the figure they draw.
_DRAWING_CALLS = ("figure", "sample_figure", "comparison_figure")


@dataclass(frozen=True)
class Drawn:
    """A figure that a report notebook draws, with its variable and groups where they are written out.

    `crime` is that of the notebook's runs, `crimes` are those whose tables the figure shows.
    """

    notebook: str
    cell: int
    crime: str
    name: str
    variable: str = ""
    groups: tuple[str, ...] = ()
    crimes: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The ids of the tables that the figure shows where they are planned."""
        return tuple(table_id(crime, group, self.variable, "") for crime in self.crimes for group in self.groups)


@dataclass(frozen=True)
class Source:
    """A template and the tree it was read as."""

    template: str
    tree: nodes.Template


def read_source(env: jinja2.Environment, template: str, text: str) -> Source:
    """Read a template; one that cannot be read, which is a fault of its own, is read as an empty one."""
    try:
        return Source(template, env.parse(text, template))
    except jinja2.TemplateSyntaxError:
        return Source(template, nodes.Template([], lineno=1))


def faults_of_names(source: Source, known: Collection[str]) -> Iterator[Fault]:
    """Yield the names that a template uses and that neither it nor the narrative defines, with their lines."""
    names = list(source.tree.find_all(nodes.Name))
    # A name that is set under a condition is used under the same one, which no reading of the source can tell.
    set_here = {name.name for name in names if name.ctx in ("store", "param")}
    defined = {*known, *_NAMES_OF_JINJA, *set_here, *_macros(source.tree)}
    for name in names:
        if name.name not in defined:
            close = ", ".join(get_close_matches(name.name, sorted(defined)))
            place = f"line {name.lineno}"
            yield Fault(source.template, place, "unknown name", name.name, close, remedy="correct or set it")


def _macros(tree: nodes.Template) -> Iterator[str]:
    """Yield the names of the macros that a template defines or imports."""
    yield from (macro.name for macro in tree.find_all(nodes.Macro))
    yield from (imported.target for imported in tree.find_all(nodes.Import))
    for imported in tree.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in imported.names)


def faults_of_figures(source: Source, drawn: Collection[str]) -> Iterator[Fault]:
    """Yield the figures that a template asks for and that are not drawn for its crime, with their lines."""
    for call in source.tree.find_all(nodes.Call):
        name = call.args[0] if call.args and getattr(call.node, "name", "") in _FIGURE_CALLS else None
        if isinstance(name, nodes.Const) and name.value not in drawn:
            message, allowed = "no report notebook of this crime draws such a figure", ", ".join(sorted(drawn))
            yield Fault(source.template, f"line {call.lineno}", message, str(name.value), allowed)


def figures_of_crime(drawn: Iterable[Drawn], crime: str) -> frozenset[str]:
    """Return the names of the figures that a page of a crime may show; a page of none shows those of all crimes."""
    return frozenset(figure.name for figure in drawn if figure.crime == (crime or EVERY_CRIME))


def drawn_by(notebook: Declared) -> Iterator[Drawn]:
    """Yield the figures that a report notebook draws, in the order of its cells."""
    crime = str(notebook.parameters.get("crime", EVERY_CRIME))
    for cell, source in notebook.cells.items():
        for call in _calls(source):
            name, given = _constant(call.args[0] if call.args else None), _keywords(call)
            if isinstance(name, str) and getattr(call.func, "attr", "") in _DRAWING_CALLS:
                variable, groups = given.get("variable", ""), tuple(given.get("groups", ()))
                crimes = tuple(given.get("crimes", (crime,)))
                yield Drawn(notebook.notebook.as_posix(), cell, crime, name, variable, groups, crimes)


def faults_of_drawing(drawn: Sequence[Drawn], study: Study, codebook: Codebook) -> Iterator[Fault]:
    """Yield the figures that no run could draw: of no variable, or of tables that are not planned."""
    for figure in drawn:
        if not figure.variable:
            continue
        place = f"cell {figure.cell}, figure {figure.name}"
        if figure.variable not in codebook:
            yield Fault(figure.notebook, place, "the codebook has no such variable", value=figure.variable)
        elif study.tables.keys().isdisjoint(figure.tables):
            remedy = "plan the table in study.yml"
            yield Fault(figure.notebook, place, "no table of this figure is planned", figure.variable, remedy=remedy)


def _calls(source: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _keywords(call: ast.Call) -> Mapping[str, Any]:
    return {word.arg: value for word in call.keywords if word.arg and (value := _constant(word.value)) is not None}


def _constant(node: ast.expr | None) -> Any:
    """Return the value of an expression that is written out, None of any other."""
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
