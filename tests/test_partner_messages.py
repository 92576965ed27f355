"""Every message that can reach a partner's report has its words in every language, the blanks in it filled."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from casebook.desk.languages import ENGLISH, language, languages
from casebook.restricted.intake import draft

RESTRICTED = Path(draft.__file__).parents[1]
#: The modules that check what partners hand in, beside everything in intake.
CHECKS = (
    *("anonymity", "cell_rules", "codings", "consistency", "coverage", "csv_tables"),
    *("identifiers", "quotations", "submissions", "untrusted"),
)
#: Where calls hold words for the reader: message, allowed and remedy by position.
WORDED = {"Fault": (2, 4, 5), "CellRule": (1, 3), "_fits": (2,), "fault": (2,), "faults": (2,), "one": (2,)}
WORDS = ("message", "allowed", "remedy")


class _Messages(ast.NodeVisitor):
    """Collects the texts that calls of a module hand to a reader, each blank filled with a nought."""

    def __init__(self) -> None:
        self.named: dict[str, list[str]] = {}
        self.found: set[str] = set()

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            self.named |= {name.id: list(texts_of(value, {})) for name, value in pairs if isinstance(name, ast.Name)}
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        handed = [node.args[place] for place in WORDED.get(name, ()) if place < len(node.args)]
        handed += [keyword.value for keyword in node.keywords if keyword.arg in WORDS]
        self.found |= {text for value in handed for text in texts_of(value, self.named) if " " in text}
        self.generic_visit(node)


def texts_of(value: ast.expr, named: dict[str, list[str]]) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield "".join(filled(part, named) for part in value.values)
    elif isinstance(value, ast.IfExp):
        yield from (*texts_of(value.body, named), *texts_of(value.orelse, named))
    elif isinstance(value, ast.Name):
        yield from named.get(value.id, ())


def filled(part: ast.expr, named: dict[str, list[str]]) -> str:
    """A part of a text: its words, those of a constant of the module, or a nought in place of what is not known."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    name = getattr(getattr(part, "value", None), "id", "")
    return next(iter(named.get(name, ())), "0") if name.isupper() else "0"


@cache
def messages() -> tuple[str, ...]:
    """The messages as partners meet them: tables are called by the names of the workbook's sheets."""
    paths = [*(RESTRICTED / f"{name}.py" for name in CHECKS), *(RESTRICTED / "intake").rglob("*.py")]
    found: set[str] = set()
    for path in paths:
        collected = _Messages()
        collected.visit(ast.parse(path.read_text("utf-8")))
        found |= collected.found
    for ours, theirs in draft._THEIR_WORDS.items():
        found = {text.replace(ours, theirs) for text in found}
    return tuple(sorted(found))


def test_the_messages_are_found() -> None:
    assert "there is no permission on record to quote this interview" in messages()
    assert "at most 0 MiB" in messages()
    assert len(messages()) > 200


@pytest.mark.parametrize("code", [code for code in languages() if code != ENGLISH])
def test_every_message_is_said_in_every_language(code: str) -> None:
    spoken = language(code)
    assert [text for text in messages() if spoken.text(text) == text] == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("at most 64 MiB", "64 MiB como máximo"),
        ("the interview is also in submission BE-W1", "la entrevista está también en la entrega BE-W1"),
        (
            "merge it with 50+, 40-49 in the codebook, or code the answer of these interviews as not_coded",
            "únalo con 50+, 40-49 en el libro de códigos, o codifique la respuesta de estas entrevistas como not_coded",
        ),
    ],
)
def test_what_stands_in_a_blank_is_kept(message: str, expected: str) -> None:
    assert language("es").text(message) == expected
