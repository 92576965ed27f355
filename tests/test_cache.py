"""The cache: whatever changes is seen, whatever does not is not done again, and what is put back is what was left."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_steps import Copying

from casebook.cache import Step, ingredients
from casebook.cache.source import closure, files_of
from casebook.cache.store import MOST_TRACES, Lost, Store, Trace
from casebook.canonical import checksum


@pytest.fixture
def copying(tmp_path: Path) -> Copying:
    return Copying(tmp_path)


class TestAStep:
    def test_is_done_once_and_tells_the_same_each_time(self, copying: Copying) -> None:
        assert copying.build() == copying.build() == {"length": 3}
        assert copying.done == 1

    def test_is_not_done_again_because_a_file_was_touched(self, copying: Copying) -> None:
        copying.build()
        os.utime(copying.input, (1, 1))
        os.utime(copying.output)
        copying.build()
        assert copying.done == 1

    def test_is_done_again_for_other_bytes_even_under_the_same_size_and_time(self, copying: Copying) -> None:
        copying.build()
        before = copying.input.stat()
        copying.input.write_text("two", "utf-8")
        os.utime(copying.input, ns=(before.st_atime_ns, before.st_mtime_ns))
        copying.build()
        assert (copying.done, copying.output.read_text("utf-8")) == (2, "two")

    def test_is_put_back_when_everything_is_as_it_was_before(self, copying: Copying) -> None:
        copying.build()
        copying.input.write_text("two", "utf-8")
        copying.build()
        copying.input.write_text("one", "utf-8")
        assert copying.build() == {"length": 3}
        assert (copying.done, copying.output.read_text("utf-8")) == (2, "one")

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda path: path.unlink(),
            lambda path: path.write_text("on€", "utf-8"),
            lambda path: path.with_name("more.txt").write_text("more", "utf-8"),
        ],
        ids=["gone", "changed", "joined by another"],
    )
    def test_is_put_back_when_what_it_had_left_is_not_in_place(
        self, copying: Copying, spoil: Callable[[Path], object]
    ) -> None:
        copying.build()
        spoil(copying.output)
        copying.build()
        assert copying.done == 1
        assert {path.name: path.read_text("utf-8") for path in copying.output.parent.iterdir()} == {"output.txt": "one"}

    def test_that_is_not_kept_is_done_again_when_what_it_had_left_is_not_in_place(self, copying: Copying) -> None:
        step = replace(copying.step, kept=False)
        copying.build(step)
        copying.build(step)
        assert copying.done == 1
        copying.output.unlink()
        copying.build(step)
        assert copying.done == 2

    def test_that_is_done_or_found_or_fails_is_logged_with_the_reason(self, copying: Copying) -> None:
        steps = copying.steps()
        steps.do(copying.step, copying.make)
        again = copying.steps()
        again.do(copying.step, copying.make)
        with pytest.raises(ZeroDivisionError):
            again.do(replace(copying.step, name="fails"), lambda: {"length": 1 // 0})
        logged = {name: (done.state, done.because) for name, done in [*steps.log.items(), *again.log.items()]}
        never = "it was never done before"
        assert (steps.log["copy"].state, steps.log["copy"].because) == ("done", never)
        assert logged == {"copy": ("found", ""), "fails": ("failed", never)}

    def test_that_fails_leaves_nothing_that_could_pass_for_its_result(self, copying: Copying) -> None:
        def fail() -> dict[str, int]:
            copying.make()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            copying.steps().do(copying.step, fail)
        copying.build()
        assert copying.done == 2

    def test_during_which_a_file_it_reads_was_saved_is_not_kept(self, copying: Copying) -> None:
        def make_slowly() -> dict[str, int]:
            copying.make()
            copying.input.write_text("two", "utf-8")
            return {}

        steps = copying.steps()
        steps.do(copying.step, make_slowly)
        assert steps.outside is None
        copying.input.write_text("one", "utf-8")
        copying.build()
        assert copying.done == 2


CHANGES: dict[str, Callable[[Copying], Step]] = {
    "files more.txt": lambda copying: replace(copying.step, reads=("input.txt", "more.txt")),
    "setting level": lambda copying: replace(copying.step, settings={"level": "CO"}),
    "source casebook.canonical": lambda copying: replace(copying.step, modules=("casebook.canonical",)),
}


class TestAChange:
    @pytest.mark.parametrize("name", CHANGES)
    def test_of_what_a_step_depends_on_is_seen_and_named(self, copying: Copying, name: str) -> None:
        copying.build(replace(copying.step, settings={"level": "PU"}) if name.startswith("setting") else None)
        steps = copying.steps()
        assert steps.found(CHANGES[name](copying)) is None
        assert str(steps.reasons["copy"]) == name

    def test_of_an_installed_package_is_seen_and_named(
        self, copying: Copying, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        copying.build()
        (tmp_path / "site" / "pandas-99.dist-info").mkdir(parents=True)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        steps = copying.steps()
        assert steps.found(copying.step) is None
        assert str(steps.reasons["copy"]) == "packages"

    def test_of_python_is_seen_and_named(self, copying: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
        copying.build()
        monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
        steps = copying.steps()
        assert steps.found(copying.step) is None
        assert str(steps.reasons["copy"]) == "python"

    def test_of_the_source_of_a_module_that_is_imported_by_another_is_seen_and_named(
        self, copying: Copying, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        step = replace(copying.step, modules=("casebook.restricted.study_key",))
        copying.build(step)
        changed = tmp_path / "errors.py"
        changed.write_text("# A comment.\n", "utf-8")
        elsewhere = {"casebook.errors": (changed,), "casebook.publication.figures": (changed,)}
        monkeypatch.setattr(ingredients, "files_of", lambda module: elsewhere.get(module) or files_of(module))
        steps = copying.steps()
        assert steps.found(step) is None
        assert str(steps.reasons["copy"]) == "source casebook.errors"

    def test_in_a_module_that_is_not_imported_is_no_reason(
        self, copying: Copying, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        copying.build()
        changed = tmp_path / "figures.py"
        changed.write_text("# A comment.\n", "utf-8")
        elsewhere = {"casebook.publication.figures": (changed,)}
        monkeypatch.setattr(ingredients, "files_of", lambda module: elsewhere.get(module) or files_of(module))
        assert copying.steps().found(copying.step)

    @pytest.mark.parametrize("change", ["add", "remove", "rename"])
    def test_of_which_files_there_are_is_seen(self, copying: Copying, change: str) -> None:
        folder = copying.root / "folder"
        folder.mkdir()
        (folder / "a.md").write_text("a", "utf-8")
        step = replace(copying.step, reads=("folder", "folder/*.md"))
        copying.build(step)
        if change == "add":
            (folder / "b.md").write_text("b", "utf-8")
        if change == "remove":
            (folder / "a.md").unlink()
        if change == "rename":
            (folder / "a.md").rename(folder / "b.md")
        steps = copying.steps()
        assert steps.found(step) is None
        assert str(steps.reasons["copy"]) == "files folder, files folder/*.md"

    def test_is_not_blamed_where_there_was_none(self, copying: Copying) -> None:
        steps = copying.steps()
        steps.found(copying.step)
        assert str(steps.reasons["copy"]) == "it was never done before"
        copying.build()
        copying.output.write_text("spoilt", "utf-8")
        assert not copying.steps().reasons_for(copying.step)
        spoilt = copying.steps().reasons_for(replace(copying.step, kept=False))
        assert str(spoilt) == "what it had left is not there any more, or was changed"


def test_what_all_steps_depend_on_leaves_out_what_a_step_has_made(copying: Copying) -> None:
    steps = copying.steps()
    steps.do(copying.step, copying.make)
    later = Step("later", (), reads=("_build/copy", "other.txt"), settings={"a": "b"})
    steps.do(later, dict)
    files = [name for name in steps.outside or () if name.startswith(("files", "setting"))]
    assert files == ["files input.txt", "files other.txt"]


class TestTheStore:
    def kept(self, folder: Path, number: int = 0, text: str = "text") -> tuple[Store, Trace]:
        file = folder / "file"
        file.write_text(text, "utf-8")
        outputs = {"file": checksum(text.encode())}
        trace = Trace({"files x": str(number)}, ("file",), outputs, {})
        store = Store(folder / "cache", most_bytes=9)
        store.keep("a/step", trace, {"file": file})
        return store, trace

    def test_gives_out_no_byte_that_was_not_kept(self, tmp_path: Path) -> None:
        store, trace = self.kept(tmp_path)
        digest = trace.outputs["file"]
        assert store.fetch(digest) == b"text"
        (kept,) = (tmp_path / "cache" / "objects").rglob(digest)
        kept.write_bytes(b"tex")
        with pytest.raises(Lost):
            store.fetch(digest)
        assert not kept.exists()

    def test_takes_a_trace_that_cannot_be_read_for_none(self, tmp_path: Path) -> None:
        store, trace = self.kept(tmp_path)
        assert store.traces("a/step") == [trace]
        (tmp_path / "cache" / "traces" / "a" / "step" / f"{trace.name}.json").write_text("{", "utf-8")
        assert store.traces("a/step") == []

    def test_keeps_the_latest_traces_of_a_step_only(self, tmp_path: Path) -> None:
        for number in range(MOST_TRACES + 3):
            store, trace = self.kept(tmp_path, number)
        assert len(store.traces("a/step")) == MOST_TRACES
        assert trace in store.traces("a/step")

    def test_is_trimmed_to_its_bound_the_latest_last(self, tmp_path: Path) -> None:
        for number, text in enumerate(("first", "second", "third")):
            store, trace = self.kept(tmp_path, number, text)
            file = tmp_path / "cache" / "traces" / "a" / "step" / f"{trace.name}.json"
            os.utime(file, (number, number))
        store.trim()
        assert [kept.ingredients for kept in store.traces("a/step")] == [{"files x": "2"}]
        assert [path.read_text("utf-8") for path in (tmp_path / "cache" / "objects").rglob("*") if path.is_file()] == [
            "third"
        ]

    def test_that_cannot_be_written_says_so_once_and_hinders_nothing(
        self, copying: Copying, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(_path: Path, _data: bytes) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("casebook.cache.store.write_atomically", full)
        assert copying.build() == {"length": 3}
        assert copying.build() == {"length": 3}
        told = "The cache cannot be written (No space left on device): results are not kept for the next build."
        assert caplog.messages == [told] * 2


class TestSource:
    def test_a_module_takes_along_all_that_it_imports_and_the_packages_it_lies_in(self) -> None:
        assert closure(["casebook.restricted.study_key", "pandas"]) == {
            "casebook",
            "casebook.errors",
            "casebook.folders",
            "casebook.restricted",
            "casebook.restricted.study_key",
        }

    def test_a_package_counts_the_files_beside_its_modules(self) -> None:
        names = {path.name for path in files_of("casebook.publication.book.typst")}
        assert {"__init__.py", "deliverable.typ"} <= names
        assert "builder.py" not in names
