"""What the workbook for partners says: how to fill it, and what each column asks for."""

from __future__ import annotations

from collections.abc import Mapping

_README = """\
How to fill this workbook

1. interviews:
One row for each interview. The number is given and stays with the interview for ever. Choose role, zone, mode and so on
from the lists; write the month as 2021-03 and the language as two letters. Rows you do not need stay empty.

2. coverage:
Who coded which interview. A is the main coder, B a second coder of the same interview, CONS what both agreed upon.
Choose yes where the coder has been through the whole interview, no where not. Leave it empty where that coder did not
code the interview.

3. coding:
One row for each interview and coder. Most columns take one answer from a list. Where several answers are possible each
has a column of its own: yes or no.

4. Never leave a cell empty on purpose:
An empty cell says nothing. Where there is no answer, choose why: not_in_guide, not_asked, refused, does_not_know,
does_not_apply, not_mentioned, or not_coded.

5. Grey cells:
Questions that are not for the role of the participant turn grey. Leave them empty.

6. Send it:
Send the file as it is. You receive a report that says what was understood and what has to be put right, and this
workbook with the places marked.

An example

interviews:
OG-0000 | role E | zone S | wave 1 | month 2021-03 | language pt | mode video | duration 45 | recording notes_only

coverage:
OG-0000 | A | main | yes

coding OG:
OG-0000 | A | og_strategy = deception: yes | og_strategy = coercion: no | og_meeting: not_asked

Please mind

Names:
No name, address, place of work, date or anything else that could point at a person belongs in this workbook. The column
name_in_tool may hold the number under which your own tool knows the interview; it is not kept.

Ages and numbers:
A level that begins with a number is written with an a before it, such as a10_12, because spreadsheets turn 10-12 into a
date.

Pasting:
Pasting removes the lists. Everything is checked again when the file arrives; use Paste special, Values only.

About this file
"""
#: What each column asks for, by its key.
HELP: Mapping[str, str] = {
    "interview": "Number of the interview",
    "name_in_tool": "Number of the interview in your own tool, if it has another",
    "crime": "Crime",
    "country": "Country",
    "role": "E expert, O offender, V victim",
    "zone": "Zone of the country: N, S, E or W",
    "wave": "Wave of interviews",
    "month": "Month, such as 2021-03",
    "language": "Language, two letters such as pt",
    "mode": "How the interview was held",
    "duration_min": "Minutes, 5 to 240",
    "recording": "How it was recorded",
    "consent": "Whose consent is documented; empty for experts",
    "quote_permission": "May the words be quoted? Empty for experts who were not asked",
    "coder": "A main, B second, CONS consensus",
    "kind": "Kind of coding",
    "complete": "Has the coder been through the whole interview? Empty if not coded",
}


def readme_lines() -> tuple[tuple[str, str], ...]:
    """Return the lines of the first sheet as left and right side; a heading has no right side."""
    paragraphs = (paragraph.partition(":\n") for paragraph in _README.strip().split("\n\n"))
    return tuple((left, " ".join(right.split())) for left, _, right in paragraphs)
