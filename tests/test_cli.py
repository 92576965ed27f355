"""The command line: one message for whatever ends a command, an exit code per class, and help at once."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_project import PROJECT, casebook, small_project

from casebook import checks, whole_build
from casebook.cli import main
from casebook.errors import CasebookError, DataRefused, Fault, StatementRefused
from casebook.request import Asked


def ending_in(error: BaseException, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """The exit code, output and errors of `casebook check` when the check ends in an error."""

    def ended(_project: Path) -> str:
        raise error

    monkeypatch.setattr(checks, "check_project", ended)
    result = CliRunner().invoke(main, [*words, "check"])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("refusal", [DataRefused, StatementRefused])
def test_a_refusal_is_told_once_without_a_traceback(
    refusal: type[CasebookError], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refusal([Fault("a.csv", "row 2", "wrong")])
    assert ending_in(error, monkeypatch) == (refusal.exit_code, "", f"{error}\n")


def test_an_interrupt_ends_with_the_exit_code_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Interrupted. The last good sites are as they were.\n"
    assert ending_in(KeyboardInterrupt(), monkeypatch) == (130, "", told)


def test_an_unexpected_fault_is_one_line_without_its_text_which_may_quote_an_interview(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exit_code, out, err = ending_in(ValueError("she told me of a horse"), monkeypatch)
    assert (exit_code, out, err.count("\n")) == (70, "", 1)
    assert err.startswith("Casebook has a fault of its own (ValueError in test_cli.py, line ")
    assert "Please report this as CONTRIBUTING.md says" in err
    assert "horse" not in err


def test_a_full_disk_is_told_as_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Files cannot be read or written: No space left on device. The last good sites are as they were.\n"
    assert ending_in(OSError(errno.ENOSPC, "she told me of a horse"), monkeypatch) == (74, "", told)


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    exit_code, _, err = ending_in(ValueError("she told me of a horse"), monkeypatch, "--debug")
    assert exit_code == 70
    assert "Traceback (most recent call last)" in err
    assert "she told me of a horse" in err


def test_a_word_the_command_line_does_not_know_is_a_fault_of_usage() -> None:
    result = CliRunner().invoke(main, ["build", "--only", "epub"])
    assert result.exit_code == 2
    assert "'epub' is not one of 'html', 'pdf'" in result.stderr


def test_each_command_says_in_a_sentence_what_it_does() -> None:
    assert all(
        (command.help or "").rstrip().endswith((".", "default.", "ends it.")) for command in main.commands.values()
    )


def test_help_loads_nothing_heavy() -> None:
    source = "import sys, casebook.cli; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout
    heavy = ("pandas", "sphinx", "papermill", "matplotlib", "pydantic", "jinja2", "rich", "yaml", "scipy")
    assert [name for name in heavy if f"'{name}'" in loaded] == []


@pytest.mark.parametrize("command", ["build", "preview"])
def test_unknown_editions_and_levels_are_refused_together(command: str, tmp_path: Path) -> None:
    result = casebook(small_project(tmp_path), command, "--edition", "D9.9", "--level", "XX")
    assert result.exit_code == 10
    assert "study.yml: --edition: there is no such edition; found D9.9; allowed: D1.2\n" in result.output
    assert "study.yml: --level: there is no such level; found XX; allowed: CO\n" in result.output


def test_a_build_is_asked_for_as_the_options_say(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asked] = []
    monkeypatch.setattr(whole_build, "build_if_changed", lambda _project, given, **_say: asked.append(given))
    words = ["--edition", "D1.3", "--edition", "D1.2", "--level", "PU", "--only", "html", "--jobs", "2"]
    assert casebook(PROJECT, "build", *words).exit_code == 0
    assert asked == [Asked(("D1.3", "D1.2"), ("PU",), "html", 2)]
