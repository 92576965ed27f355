"""What belongs into one figure, and what cannot be one."""

from __future__ import annotations

import re

import pytest
from small_figures import EXPERTS, NOTHING, draw, table

from casebook.errors import StatementRefused
from casebook.protected_tables import ProtectedTable


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ((NOTHING,), "risk: every cell is withheld: the figure carries no data; do: leave the figure out"),
        ((), "a figure has no such number of panels; found 0; allowed: 1 to 3"),
        ((EXPERTS,) * 4, "a figure has no such number of panels; found 4; allowed: 1 to 3"),
        ((EXPERTS, table("OG.E.age", 23, {"young": 1})), "the panels of a figure show one variable"),
        ((EXPERTS, table("OG.E.risk", 9, {"lonely": 1}, country="BE")), "show one country; do: draw two figures"),
        ((table("OG.E.risk", 9, {"lonely": 1, "bullied": "most"}),), "counts and words of one variable and group"),
        ((table("OG.E.risk", None, {"lonely": 1}),), "risk: OG.E.risk: counts without their base"),
    ],
)
def test_what_cannot_be_a_figure_is_refused(tables: tuple[ProtectedTable, ...], message: str) -> None:
    with pytest.raises(StatementRefused, match=re.escape(message)):
        draw(*tables)
