"""The source of Casebook's modules: where it lies, and what a module imports of it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

import casebook

PACKAGE = "casebook"
_ROOT = Path(casebook.__file__).parent


def files_of(module: str) -> tuple[Path, ...]:
    """Return the files of a module, none where there is no such module: a package has data files of its own."""
    place = _ROOT.joinpath(*module.split(".")[1:])
    package = place / "__init__.py"
    if package.is_file():
        beside = (path for path in place.iterdir() if path.is_file() and path.suffix not in (".py", ".pyc"))
        return (package, *sorted(beside))
    file = place.with_suffix(".py")
    return (file,) if file.is_file() else ()


def closure(modules: Iterable[str]) -> frozenset[str]:
    """Return Casebook's modules among these and all that they import, wherever in them the import stands.

    A module that is only named, to be run by itself or loaded by Sphinx or Jupyter, has to be among those given.
    """
    found: set[str] = set()
    to_see = [module for module in modules if _is_ours(module)]
    while to_see:
        module = to_see.pop()
        if module not in found and files_of(module):
            found.add(module)
            to_see += _imported(module)
    return frozenset(found)


@functools.cache
def _imported(module: str) -> tuple[str, ...]:
    """Return the modules of Casebook that a module imports, and the packages it lies in."""
    own = files_of(module)[0]
    tree = ast.parse(own.read_text("utf-8"))
    package = module if own.name == "__init__.py" else module.rpartition(".")[0]
    named = dict.fromkeys(name for node in ast.walk(tree) for name in _names(node, package) if _is_ours(name))
    parents = (module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1))
    return (*parents, *named)


def _names(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            above = package.rsplit(".", level - 1)[0] if level else ""
            base = ".".join(filter(None, (above, module)))
            yield base
            # A name may be a module or something in one; what is no module has no file.
            yield from (f"{base}.{alias.name}" for alias in names)


def _is_ours(module: str) -> bool:
    return module.split(".")[0] == PACKAGE
