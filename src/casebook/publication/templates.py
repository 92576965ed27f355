"""The language of the templates: Jinja with sentences that carry their condition, and no number typed by hand."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.meta import find_referenced_templates
from jinja2.parser import Parser

from casebook.errors import Fault, StatementRefused
from casebook.publication.book.inert import inert
from casebook.publication.sentences import without_marks
from casebook.publication.table_view import Said

#: Numerals that a template may hold, each with its reason.
ALLOWED_NUMERALS = {
    r"D1\.[1-4]\b": "numbers of deliverables are names",
    r"Horizon 2020": "the name of a programme",
    r"PDF/[UA]+-[0-9a]+": "the name of a standard",
    r"\bCOREQ\b": "the name of a checklist",
    r"\bAC1\b": "the name of a coefficient",
    r"^[ \t]*\d+\.(?=\s)": "the marks of a numbered list",
    r"^:(?:header-rows|stub-columns): \d+$": "the options of a table",
}

#: Calls whose arguments are printed; the arguments of others name tables, levels and figures.
_PRINTING_CALLS = {"capitalised", "join", "of"}

NUMERAL = re.compile(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|dozen|hundred|thousand|per ?cent)\b",
    re.IGNORECASE,
)


class Assertion(Extension):
    """`{% assert condition %} wording {% otherwise condition %} wording {% endassert %}`.

    The first wording whose condition is proven is printed; a last `{% otherwise %}` without a condition needs no proof.
    Where no wording holds the build refuses, naming template, line and what was looked at. A condition holds where it
    is proven, so `not` is refused: that something is unproven does not make it false.
    """

    tags = {"assert"}  # noqa: RUF012 - Jinja declares it so

    def parse(self, parser: Parser) -> nodes.Node:
        """Parse an assertion into a chain of conditions that ends in a wording or a refusal."""
        line = next(parser.stream).lineno
        return self._branch(parser, line, first=line, before="begin")

    def _branch(self, parser: Parser, line: int, *, first: int, before: str = "go_on") -> nodes.Node:
        """Parse a wording with its condition and all that follow; `first` is the line of the assertion."""
        test = parser.parse_expression()
        if any(isinstance(n, nodes.Not) and not isinstance(n.node, nodes.Name) for n in _with_root(test)):
            parser.fail("`not` in an assertion proves nothing: put the other wording behind {% otherwise %}", line)
        # These return nothing, so that `or` goes on to the condition.
        test = nodes.Or(self._call(before, line), test, lineno=line)
        body = parser.parse_statements(("name:otherwise", "name:endassert"))
        body = [nodes.Output([self._call("open_assertion", line, nodes.Const(line))], lineno=line), *body]
        return nodes.If(test, body, [], self._rest(parser, first), lineno=line)

    def _rest(self, parser: Parser, first: int) -> list[nodes.Node]:
        token = next(parser.stream)
        if token.value == "endassert":
            return [nodes.Output([self._call("no_wording_holds", first, nodes.Const(first))], lineno=first)]
        if parser.stream.current.type == "block_end":
            return parser.parse_statements(("name:endassert",), drop_needle=True)
        return [self._branch(parser, token.lineno, first=first)]

    def _call(self, function: str, line: int, *arguments: nodes.Expr) -> nodes.Expr:
        name = nodes.Name(f"__{function}", "load", lineno=line)
        return nodes.Call(name, list(arguments), [], None, None, lineno=line)


def _with_root(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    yield from node.find_all(nodes.Node)


@cache
def environment(folder: Path) -> jinja2.Environment:
    """Return the environment of the narrative's templates: strict, with `<# comments #>` since MyST uses `{#`.

    A folder has one, so that all books of a build share the templates that it has compiled.
    """
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        extensions=[Assertion],
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        finalize=_printed,
    )


def _printed(value: Any) -> str:
    """Return what may be printed of a value: claims as they are, text without markup, nothing else.

    A bare number in a text would rest on nothing; templates say numbers through claims.
    """
    if isinstance(value, Said):
        return value
    if isinstance(value, jinja2.Undefined):
        return str(value)
    if not isinstance(value, str):
        raise _refusal("a bare value in the text", value=type(value).__name__, remedy="print a claim")
    if without_marks(value) != value:
        raise _refusal("a claim was changed after it was made", remedy="use capitalised() or join()")
    return inert(value)


def _refusal(message: str, **details: str) -> StatementRefused:
    file, line = place()
    return StatementRefused([Fault(file, f"line {line}", message, **details)])


def place() -> tuple[str, int]:
    """Return the template and line that is being rendered."""
    frame = sys._getframe(1)
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return template.name, template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return "", 0


def faults_of_source(env: jinja2.Environment, name: str, source: str) -> Iterator[Fault]:
    """Yield the numbers and number words that were typed into a template by hand."""
    try:
        tree = _parsed(env, source)
    except jinja2.TemplateSyntaxError as error:
        yield Fault(name, f"line {error.lineno}", f"the template cannot be read: {error.message}")
        return
    for data in tree.find_all(nodes.TemplateData):
        yield from _typed_numbers(name, data.data, data.lineno)
    for constant in _printed_constants(tree):
        yield from _typed_numbers(name, str(constant.value), constant.lineno)


def _printed_constants(tree: nodes.Template) -> Iterator[nodes.Const]:
    """Yield constants that reach the text, not those that name a table, level or figure."""
    for output in tree.find_all(nodes.Output):
        for child in output.nodes:
            yield from _constants(child)
    for assignment in tree.find_all(nodes.Assign):
        yield from _constants(assignment.node)


def _constants(node: nodes.Node) -> Iterator[nodes.Const]:
    if isinstance(node, nodes.Const):
        yield node
    for child in _printed_children(node):
        yield from _constants(child)


def _printed_children(node: nodes.Node) -> Iterable[nodes.Node]:
    """Return the parts of an expression whose text becomes text of the page."""
    if isinstance(node, nodes.Getitem | nodes.Getattr):
        return (node.node,)
    if isinstance(node, nodes.CondExpr):
        return (part for part in (node.expr1, node.expr2) if part is not None)
    if isinstance(node, nodes.Compare | nodes.Test):
        return ()
    if isinstance(node, nodes.Call):
        called = getattr(node.node, "name", getattr(node.node, "attr", ""))
        return (node.node, *(node.args if called in _PRINTING_CALLS else ()))
    return node.iter_child_nodes()


def with_included(env: jinja2.Environment, names: Iterable[str]) -> list[str]:
    """Return the names of templates and of those they include or import, each once."""
    found: dict[str, None] = {}
    to_see = [*names][::-1]
    while to_see:
        name = to_see.pop()
        if name not in found:
            found[name] = None
            to_see += _referenced(env, _source(env, name) or "")
    return list(found)


def faults_of_template(env: jinja2.Environment, name: str) -> Iterator[Fault]:
    """Yield what is wrong with a template before it is rendered: that there is none, or what its source holds."""
    source = _source(env, name)
    if source is None:
        yield Fault(name, "", "no such template", remedy="write it or take the page out of the table of contents")
        return
    yield from faults_of_source(env, name, source)


def _source(env: jinja2.Environment, template: str) -> str | None:
    try:
        return env.loader.get_source(env, template)[0] if env.loader else None
    except jinja2.TemplateNotFound:
        return None


@cache
def _parsed(env: jinja2.Environment, source: str) -> nodes.Template:
    return env.parse(source)


def _referenced(env: jinja2.Environment, source: str) -> Iterator[str]:
    try:
        yield from filter(None, find_referenced_templates(_parsed(env, source)))
    except jinja2.TemplateSyntaxError:
        return


def _typed_numbers(name: str, text: str, line: int) -> Iterator[Fault]:
    for pattern in ALLOWED_NUMERALS:
        text = re.sub(pattern, lambda m: " " * len(m[0]), text, flags=re.MULTILINE)
    for found in NUMERAL.finditer(text):
        where = f"line {line + text.count(chr(10), 0, found.start())}"
        remedy = "print a claim of a planned table"
        yield Fault(name, where, "a number typed by hand", value=found[0], remedy=remedy)
