"""A study small enough to see at once: thirteen variables, four interviews, and faults to lay over it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from casebook.codebook import Codebook, read_codebook
from casebook.errors import DataRefused
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.submissions import Submission, read_submission

TESTS = Path(__file__).parent
FAULTY_DATA = TESTS / "faulty_data"
SOUND = FAULTY_DATA / "submission_without_fault" / "BE-W1"
SHOWN_AS = "data/countries/BE/BE-W1"
CODED = frozenset(
    {
        "regional_difference",
        "v_age_onset",
        "og_fake_profile",
        "og_lied_about",
        "og_strategy",
        "og_strategy_main",
        "og_strategy_danger",
        "og_meeting",
        "og_outcome",
        "cb_platform",
        "ht_means",
        "ht_o_image",
        "ht_v_selfview",
    }
)


@cache
def small_codebook() -> Codebook:
    """Return the shipped codebook, cut down to the variables that the small study codes."""
    whole = read_codebook(TESTS.parent / "data")
    return Codebook(tuple(v for v in whole.variables if v.table != "coding" or v.id in CODED))


@cache
def sound_submission() -> Submission:
    """Return the submission without a fault."""
    return read_submission(SOUND, small_codebook(), shown_as=SHOWN_AS)


@cache
def small_study() -> RestrictedStudy:
    """Return the study of the sound submission's four interviews."""
    return RestrictedStudy.of([sound_submission()], small_codebook())


def with_fault(fault: str, folder: Path) -> Path:
    """Return a copy of the sound submission in `folder`, with the files of a fault laid over it."""
    copy = folder / "BE" / "BE-W1"
    shutil.copytree(SOUND, copy)
    shutil.copytree(FAULTY_DATA / f"submission_{fault}", copy, dirs_exist_ok=True)
    return copy


def faults_of(fault: str, folder: Path) -> list[str]:
    """Return what the refusal of a faulty submission lists, without the folder it is shown under."""
    with pytest.raises(DataRefused) as refusal:
        read_submission(with_fault(fault, folder), small_codebook(), shown_as=SHOWN_AS)
    return [str(entry).removeprefix(f"{SHOWN_AS}/") for entry in refusal.value.faults]
