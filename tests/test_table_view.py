"""What a template can say of a protected table: claims in the published form, and conditions that are proven."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_narrative import EXPERTS, OFFENDERS, VICTIMS, phrase, protected, the_codebook, the_study

from casebook.errors import Fault, StatementRefused
from casebook.protected_tables import ONE_SIDED_WORDS, ProtectedTable
from casebook.publication.claims import Kind
from casebook.publication.table_view import Said, Scribe, TableView
from casebook.publication.wording import LADDER

SPACE = "\u202f"
BULLYING, LONELINESS, DISABILITY = (phrase("og_v_risk", level) for level in ("bullying", "loneliness", "disability"))
MENTAL_HEALTH = phrase("og_v_risk", "mental_health")


class Desk:
    """A scribe that remembers what was recorded and noted."""

    def __init__(self) -> None:
        self.recorded: list[tuple[Kind, str, tuple[str, ...], str]] = []
        self.noted: list[tuple[str, bool]] = []

    def record(self, kind: Kind, table: str, cells: tuple[str, ...], form: str, text: str) -> Said:
        self.recorded.append((kind, table, cells, form))
        return Said(text)

    def note(self, condition: str, proven: bool) -> bool:
        self.noted.append((condition, proven))
        return proven

    def refuse(self, value: str, message: str) -> StatementRefused:
        return StatementRefused([Fault("template", "line 1", message, value=value)])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def view(table: ProtectedTable, desk: Desk) -> TableView:
    plan = the_study().tables[table.id]
    noun = the_study().roles[plan.group].plural
    return TableView(table.key, table, the_codebook(), noun, plan.phrases, Scribe(desk.record, desk.note, desk.refuse))


def refusal_of(act: str, table: ProtectedTable, desk: Desk) -> str:
    with pytest.raises(StatementRefused) as refusal:
        eval(act, {"t": view(table, desk)})  # expressions of this file, as templates write them
    return str(refusal.value.faults[0]).removeprefix("template: line 1: ")


@pytest.mark.parametrize(
    ("n", "base", "people", "count"),
    [
        (8, 8, "all 8 experts", "8 of 8"),
        (14, 15, "almost all experts (14 of 15)", "14 of 15"),
        (12, 15, "most experts (12 of 15)", "12 of 15"),
        (8, 15, "more than half of the experts (8 of 15)", "8 of 15"),
        (4, 8, "half of the experts (4 of 8)", "4 of 8"),
        (7, 15, "less than half of the experts (7 of 15)", "7 of 15"),
        (3, 23, f"some experts (3 of 23, 13{SPACE}%)", f"3 of 23 (13{SPACE}%)"),
        (0, 8, "none of the 8 experts", "0 of 8"),
    ],
)
def test_a_count_is_said_with_the_ladders_word_beside_it(
    n: int, base: int, people: str, count: str, desk: Desk
) -> None:
    share = view(protected("OG.E.og_v_risk", {"bullying": n}, base=base), desk)["bullying"]
    assert (share.people, share.count) == (people, count)
    assert desk.recorded == [("quantity", "OG.E.og_v_risk", ("bullying",), "exact")] * 2


@pytest.mark.parametrize(
    ("word", "people", "count"),
    [
        ("named", "at least one of the victims", "at least one"),
        ("less than half", "less than half of the victims", "less than half"),
        ("more than half", "more than half of the victims", "more than half"),
        ("most", "most victims", "most"),
    ],
)
def test_a_word_is_said_alone(word: str, people: str, count: str, desk: Desk) -> None:
    share = view(protected("OG.V.og_v_risk", {"bullying": word}, base=15), desk)["bullying"]
    assert (share.people, share.count) == (people, count)
    assert desk.recorded[0] == ("quantity", "OG.V.og_v_risk", ("bullying",), "word")


def test_every_word_of_both_forms_is_said_above() -> None:
    assert len(LADDER) == 8
    assert ONE_SIDED_WORDS == ("named", "less than half", "more than half", "most")


def test_a_share_can_be_said_of_other_nouns_and_of_them(desk: Desk) -> None:
    t = view(OFFENDERS, desk)
    assert t["age"].of("offenders who used it") == "most offenders who used it"
    assert t["age"].them == "most of them"
    assert view(EXPERTS, desk)["bullying"].them == f"more than half of them (12 of 23, 52{SPACE}%)"


@pytest.mark.parametrize(
    ("value", "proven"),
    [
        (15, "named most more_than_half all"),
        (12, "named most more_than_half"),
        (11, "named more_than_half"),
        (7, "named less_than_half"),
        (0, "less_than_half none"),
        ("most", "named most more_than_half"),
        ("more than half", "named more_than_half"),
        ("less than half", "less_than_half"),
        ("named", "named"),
        (None, ""),
    ],
)
def test_a_condition_holds_where_the_published_form_proves_it(value: int | str | None, proven: str, desk: Desk) -> None:
    share = view(protected("OG.V.og_v_risk", {"bullying": value}, base=15), desk)["bullying"]
    conditions = ("named", "most", "more_than_half", "less_than_half", "all", "none")
    assert [name for name in conditions if getattr(share, name)] == [n for n in conditions if n in proven.split()]
    words = [name.replace("_", " ") for name in conditions]
    assert [condition for condition, _ in desk.noted] == [f"OG.V.og_v_risk/bullying {word}" for word in words]


@pytest.mark.parametrize(("value", "known", "exact"), [(3, True, True), ("named", True, False), (None, False, False)])
def test_a_share_is_known_where_anything_is_published(
    value: int | str | None, known: bool, exact: bool, desk: Desk
) -> None:
    share = view(protected("OG.V.og_v_risk", {"bullying": value}, base=15), desk)["bullying"]
    assert (share.known, share.exact) == (known, exact)
    assert desk.noted == [
        ("OG.V.og_v_risk/bullying published", known),
        ("OG.V.og_v_risk/bullying published as a count", exact),
    ]


def test_one_answer_exceeds_another_only_by_counts_of_the_same_interviews(desk: Desk) -> None:
    experts, victims = view(EXPERTS, desk), view(VICTIMS, desk)
    same_base = view(replace(protected("OG.V.og_v_risk", {"bullying": 3}, base=23)), desk)
    assert experts["loneliness"].exceeds(experts["bullying"])
    assert not experts["bullying"].exceeds(experts["disability"])
    assert not victims["loneliness"].exceeds(victims["bullying"])  # words have no order
    assert not experts["loneliness"].exceeds(same_base["bullying"])  # an opinion on cases against cases
    assert desk.noted[0] == ("OG.E.og_v_risk/loneliness exceeds OG.E.og_v_risk/bullying", True)


def test_counts_are_listed_most_frequent_first_and_equals_in_codebook_order(desk: Desk) -> None:
    t = view(EXPERTS, desk)
    assert t.named() == (
        f"{LONELINESS} (20 of 23, 87{SPACE}%); {BULLYING} (12 of 23, 52{SPACE}%); "
        f"{DISABILITY} (12 of 23, 52{SPACE}%); and {MENTAL_HEALTH} (3 of 23, 13{SPACE}%)"
    )
    assert desk.recorded == [
        ("list", "OG.E.og_v_risk", ("loneliness", "bullying", "disability", "mental_health"), "exact")
    ]


@pytest.mark.parametrize("asked", [(), ("bullying", "loneliness"), ("loneliness", "bullying")])
def test_words_are_listed_in_codebook_order_however_they_are_asked_for(asked: tuple[str, ...], desk: Desk) -> None:
    assert view(VICTIMS, desk).named(*asked) == f"{BULLYING} and {LONELINESS}"
    assert desk.recorded == [("list", "OG.V.og_v_risk", ("bullying", "loneliness"), "word")]


def test_a_list_can_leave_answers_out_or_stop_but_never_between_equals(desk: Desk) -> None:
    t = view(EXPERTS, desk)
    listed = [
        (t.named(without=["loneliness", "disability"]), ("bullying", "mental_health")),
        (t.named(most=1), ("loneliness",)),
        (t.named(most=2), ("loneliness", "bullying", "disability")),
        (t.named("mental_health", "school_problems"), ("mental_health",)),  # nobody named the other
    ]
    assert [cells for _, _, cells, _ in desk.recorded] == [cells for _, cells in listed]


def test_a_list_of_its_own_has_no_sets_and_no_answer_that_stands_for_none(desk: Desk) -> None:
    assert "none" not in view(EXPERTS, desk).named() and view(EXPERTS, desk)["none"].named
    view(OFFENDERS, desk).named()
    assert desk.recorded[-1][2] == ("age",)
    assert view(OFFENDERS, desk).named("self") == "who they were"  # the plan's phrase of the set


def test_whether_anything_can_be_listed_is_noted(desk: Desk) -> None:
    t = view(VICTIMS, desk)
    assert [t.any_named(), t.any_named("disability"), t.any_named(without=["bullying"])] == [True, False, True]
    assert desk.noted[0] == ("OG.V.og_v_risk any named", True)


def test_the_leading_answer_is_said_with_its_count(desk: Desk) -> None:
    t = view(EXPERTS, desk)
    assert t.ranked and t.leads("loneliness") and not t.leads("bullying")
    assert t.leading == f"{LONELINESS} (20 of 23, 87{SPACE}%)"
    assert desk.recorded == [("ranking", "OG.E.og_v_risk", ("loneliness",), "ranking")]
    assert view(replace(VICTIMS, leading="bullying"), desk).leading == BULLYING  # no count beside it
    assert not view(VICTIMS, desk).ranked


def test_the_size_of_a_group_is_said_in_words_up_to_twelve(desk: Desk) -> None:
    t = view(replace(VICTIMS, group_size=12, base=8), desk)
    assert (t.size, t.answers) == ("twelve victims", "eight victims")
    assert view(EXPERTS, desk).size == "23 experts"
    assert desk.recorded[0] == ("size", "OG.V.og_v_risk", (), "size")


@pytest.mark.parametrize(("cells", "expected"), [({}, False), ({"bullying": "named"}, True), ({"bullying": 0}, True)])
def test_a_table_is_open_where_any_cell_is_published(
    cells: dict[str, int | str | None], expected: bool, desk: Desk
) -> None:
    assert view(protected("OG.V.og_v_risk", cells), desk).open is expected


@pytest.mark.parametrize(
    ("table", "level", "expected"),
    [
        (EXPERTS, "bullying", f"12 of 23 (52{SPACE}%)"),
        (VICTIMS, "bullying", "named"),
        (VICTIMS, "disability", "withheld"),
    ],
)
def test_a_tables_cell_has_its_published_value(table: ProtectedTable, level: str, expected: str, desk: Desk) -> None:
    t = view(table, desk)
    assert t.value_text(t.table.cell(level)) == expected


@pytest.mark.parametrize(
    ("act", "table", "expected"),
    [
        ("t['lonely']", VICTIMS, "the table has no such level or set; found OG.V.og_v_risk/lonely"),
        ("t.named('lonely')", VICTIMS, "the table has no such level or set; found OG.V.og_v_risk/lonely"),
        ("t['disability'].people", VICTIMS, "the sentence rests on a withheld cell; found OG.V.og_v_risk/disability"),
        ("t['disability'].them", VICTIMS, "the sentence rests on a withheld cell; found OG.V.og_v_risk/disability"),
        ("t['disability'].count", VICTIMS, "the sentence rests on a withheld cell; found OG.V.og_v_risk/disability"),
        ("t['disability'].of('x')", VICTIMS, "the sentence rests on a withheld cell; found OG.V.og_v_risk/disability"),
        ("t.named('disability')", VICTIMS, "none of the answers to be listed may be named; found OG.V.og_v_risk"),
        ("t.named('school_problems')", EXPERTS, "none of the answers to be listed may be named; found OG.E.og_v_risk"),
        ("t.leading", VICTIMS, "no level may be called the most frequent; found OG.V.og_v_risk"),
        ("t.size", OFFENDERS, "the size of the group is withheld; found OG.O.og_lied_about.implication"),
        ("t.answers", OFFENDERS, "the size of the group is withheld; found OG.O.og_lied_about.implication"),
    ],
)
def test_what_may_not_be_said_is_refused(act: str, table: ProtectedTable, expected: str, desk: Desk) -> None:
    assert refusal_of(act, table, desk) == expected
    assert desk.recorded == []


def test_no_level_of_the_codebook_hides_behind_a_name_of_the_view() -> None:
    # `t.age` in a template is the share of a level only where the view itself has no such name
    names = {name for name in dir(TableView) if not name.startswith("_")} | set(TableView.__dataclass_fields__)
    levels = {level for variable in the_codebook().values() for level in variable.level_ids}
    assert not names & levels
