"""The tree of a partner's codes, whether a tool nests them or writes their path into their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from casebook.restricted.intake.project import Code
from casebook.restricted.untrusted import is_control

#: Nobody writes these within the name of one code.
_ALWAYS = ("::", " > ")
#: These occur in names, too, and are taken only where the other names bear it out.
_WHERE_PROVEN = ("/", ".")
_BETWEEN_WORDS = r"(?<=[^\W\d]){}(?=[^\W\d])"


def separator_in(names: Collection[str]) -> str | None:
    """Return what parts the steps of paths in the names of codes that are not nested, or None.

    A full stop or a slash parts them where it stands between letters, and what precedes it is itself a code or
    precedes another one, too.
    """
    for separator in _ALWAYS:
        if any(separator.strip() in name for name in names):
            return separator.strip()
    for separator in _WHERE_PROVEN:
        pattern = re.compile(_BETWEEN_WORDS.format(re.escape(separator)))
        touching = [name for name in names if separator in name]
        if touching and all(len(pattern.findall(name)) == name.count(separator) for name in touching):
            before = Counter(name.rpartition(separator)[0] for name in touching)
            if any(times > 1 or prefix in names for prefix, times in before.items()):
                return separator
    return None


def path_of(name: str, separator: str | None) -> tuple[str, ...]:
    """Return the path that a name holds, each step without blanks around it."""
    steps = name.split(separator) if separator else [name]
    path = tuple(plain(step) for step in steps)
    return path if all(path) else (plain(name),)


def plain(name: str) -> str:
    """Return a name in one line, single blanks between its words, and nothing in it that steers a screen."""
    shown = name if name.isprintable() else "".join(c for c in name if c.isspace() or not is_control(c))
    return " ".join(shown.split())


def unfolded(codes: Mapping[str, Code]) -> tuple[dict[str, Code], str | None]:
    """Return codes of which none lies below another with the paths that their names hold, and what parts the steps."""
    names = {code.path[0] for code in codes.values() if len(code.path) == 1}
    nested = any(len(code.path) > 1 for code in codes.values())
    separator = None if nested else separator_in(names)
    if separator is None:
        return dict(codes), None
    return {key: replace(code, path=path_of(code.path[0], separator)) for key, code in codes.items()}, separator


def with_ancestors(codes: Iterable[Code]) -> tuple[Code, ...]:
    """Return the codes, and one for each step of a path that is no code itself."""
    known = {code.path: code for code in codes}
    for path in tuple(known):
        for length in range(1, len(path)):
            known.setdefault(path[:length], Code(path[:length], codable=False))
    return tuple(known.values())
