"""Steps as a build goes through them: found as they were left, put back, or done and kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from casebook.cache.ingredients import Ingredients
from casebook.cache.step import PACKAGES, PYTHON, Step
from casebook.cache.store import Lost, Store, Trace
from casebook.cache.trees import digests, files_in, is_in_place, put_back, stamps
from casebook.folders import Folders

_NEVER_DONE = "it was never done before"
_NOT_IN_PLACE = "what it had left is not there any more, or was changed"


@dataclass(frozen=True)
class Reasons:
    """Why a step has to be done: the names of the ingredients that changed since it was last done, or a sentence."""

    changed: Sequence[str]
    sentence: str = ""

    def __bool__(self) -> bool:
        return bool(self.changed or self.sentence)

    def __str__(self) -> str:
        return self.sentence or ", ".join(self.changed)


State = Literal["found", "done", "failed"]


@dataclass(frozen=True)
class Done:
    """How a step went: found, done or failed, after how many seconds, and why it was not found."""

    state: State
    seconds: float = 0
    because: str = ""


class Steps:
    """The steps of a build, over one store for what tells of people and another for everything else."""

    def __init__(self, folders: Folders, ingredients: Ingredients) -> None:
        self.ingredients = ingredients
        #: Why each step that was not found was done, by its name.
        self.reasons: dict[str, Reasons] = {}
        #: How each step went, by its name.
        self.log: dict[str, Done] = {}
        self._root = folders.root
        self._stores = {True: Store(folders.restricted / "cache"), False: Store(folders.build / "cache")}
        self._leaves: dict[str, str] = {}
        self._settled = True

    def do(self, step: Step, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Return the facts of a step, found or told by `make`, which does it."""
        return self.trace(step, make).facts

    def trace(self, step: Step, make: Callable[[], Mapping[str, Any]]) -> Trace:
        """Return the trace of a step, found or left by `make`, which does it."""
        if trace := self.found(step):
            return trace
        with self.timed(step.name):
            return self.record(step, facts=make())

    def found(self, step: Step) -> Trace | None:
        """Return the trace of a step whose result is in place, or could be put back; None where it has to be done."""
        traces = self._store(step).traces(step.name)
        for trace in self._holding(step, traces):
            if self._is_in_place(step, trace) or self._put_back(step, trace):
                self._depend_on(trace.ingredients)
                self.log[step.name] = Done("found")
                return trace
        self.reasons[step.name] = self._reasons(step, traces)
        # What it depends on is looked at before it is done, so that a change meanwhile is seen.
        self.ingredients.of(step, {})
        return None

    def record(self, step: Step, *, observed: Mapping[str, str] | None = None, facts: Mapping[str, Any]) -> Trace:
        """Keep what a step has just left, and return its trace.

        Nothing is kept where one of its files changed while it was done: nobody can say which bytes it has read.
        """
        ingredients = self.ingredients.of(step, observed or {})
        leaves = tuple(path.relative_to(self._root).as_posix() for path in step.leaves)
        files = files_in(self._root, leaves)
        trace = Trace(ingredients, leaves, digests(files), dict(facts))
        if self.ingredients.is_settled(ingredients):
            self._store(step).keep(step.name, trace, files if step.kept else {})
            self._store(step).keep_stamps(step.name, stamps(files, trace.outputs))
        else:
            self._settled = False
        self._depend_on(ingredients)
        return trace

    def leave_one_out(self) -> None:
        """Take note that a step was done of which nobody can say what it depends on."""
        self._settled = False

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Take note of how long a step takes that was not found and is done within, and whether it fails."""
        start = time.perf_counter()
        state: State = "failed"
        try:
            yield
            state = "done"
        finally:
            self.note(name, state, time.perf_counter() - start)

    def note(self, name: str, state: State, seconds: float) -> None:
        """Take note of how a step that was not found went."""
        self.log[name] = Done(state, round(seconds, 2), str(self.reasons.get(name, "")))

    def went_well(self, name: str) -> bool:
        """Return whether a step was found or done in this build."""
        return name in self.log and self.log[name].state != "failed"

    def held(self, step: Step) -> Trace | None:
        """Return the trace of a step that holds at present, whether or not what the step left is still in place."""
        return next(self._holding(step, self._store(step).traces(step.name)), None)

    def reasons_for(self, step: Step) -> Reasons:
        """Return why a step would have to be done now; none where it would be found."""
        trace = self.held(step)
        if trace and (step.kept or self._is_in_place(step, trace)):
            return Reasons(())
        return self._reasons(step, self._store(step).traces(step.name))

    @property
    def outside(self) -> dict[str, str] | None:
        """What all steps so far depend on and no step has made; None where nobody can say."""
        return dict(self._leaves) if self._settled else None

    def trim(self) -> None:
        """Keep the stores within their bounds."""
        for store in self._stores.values():
            store.trim()

    def _store(self, step: Step) -> Store:
        return self._stores[step.restricted]

    def _holding(self, step: Step, traces: Iterable[Trace]) -> Iterator[Trace]:
        """Yield the traces whose ingredients are all at present as they were."""
        declared = set(step.declared)
        for trace in traces:
            if declared <= trace.ingredients.keys() and self.ingredients.holds(trace.ingredients, step):
                yield trace

    def _is_in_place(self, step: Step, trace: Trace) -> bool:
        return is_in_place(self._root, trace.leaves, trace.outputs, self._store(step).stamps(step.name))

    def _put_back(self, step: Step, trace: Trace) -> bool:
        if not step.kept:
            return False
        try:
            put_back(self._root, trace.leaves, trace.outputs, self._store(step).fetch)
        except Lost:
            return False
        self._store(step).keep_stamps(step.name, stamps(files_in(self._root, trace.leaves), trace.outputs))
        return True

    def _reasons(self, step: Step, traces: Sequence[Trace]) -> Reasons:
        """Compare with the one that differs least from the present: what was changed to and fro says nothing."""
        if not traces:
            return Reasons((), _NEVER_DONE)
        changed = min((list(self._differing(step, trace)) for trace in traces), key=len)
        return Reasons(changed, "" if changed else _NOT_IN_PLACE)

    def _differing(self, step: Step, trace: Trace) -> Iterator[str]:
        yield from self.ingredients.differing(trace.ingredients, step)
        yield from sorted(set(step.declared) - trace.ingredients.keys() - {PYTHON, PACKAGES})

    def _depend_on(self, ingredients: Mapping[str, str]) -> None:
        leaves = {name: digest for name, digest in ingredients.items() if self.ingredients.is_leaf(name)}
        if any(self._leaves.get(name, digest) != digest for name, digest in leaves.items()):
            self._settled = False
        self._leaves |= leaves
