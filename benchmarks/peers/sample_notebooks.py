"""Notebooks that all alternatives execute alike: pandas, seaborn and four SVG figures, one table of data each."""

from __future__ import annotations

import json
from pathlib import Path

#: A word that a page shows with the sum of its table, by which an old number is found out.
SUM = "The sum is"
_PARAMETERS = 'crime = "OG"\ncountry = "00"\nedition = "D1.2"'
_CELLS = (
    "import io\nfrom pathlib import Path\n\nimport matplotlib.pyplot as plt\nimport pandas as pd\n"
    "import seaborn as sns\nfrom IPython.display import SVG, display\n\n\ndef show():\n    drawn = io.StringIO()\n"
    "    plt.gcf().savefig(drawn, format='svg')\n    plt.close('all')\n    display(SVG(drawn.getvalue()))",
    # Jupyter Book executes a notebook in the folder that it lies in, everybody else in the project's.
    "place = Path('tables') if Path('tables').is_dir() else Path('..') / 'tables'\n"
    "table = pd.read_csv(place / f'{country}.csv')\ntable.groupby('group').describe()",
    "axes = sns.barplot(table, x='group', y='value', errorbar=None)\nshow()",
    "axes = sns.histplot(table, x='value', hue='group')\nshow()",
    "axes = sns.boxplot(table, x='group', y='value')\nshow()",
    "axes = sns.scatterplot(table, x='value', y='other', hue='group')\nshow()",
    f"print('{SUM}', table['value'].sum())",
)
_ROWS = 200


def make_project(root: Path, number: int) -> list[str]:
    """Write so many notebooks, their tables, and a Jupyter Book of them; return the names."""
    names = [f"{n:02}" for n in range(number)]
    for folder in ("notebooks", "tables"):
        (root / folder).mkdir(parents=True)
    for name in names:
        write_table(root, name, 0)
        _write_notebook(root / "notebooks" / f"{name}.ipynb", name)
    chapters = "".join(f"  - file: notebooks/{name}\n" for name in names)
    (root / "index.md").write_text("# Notebooks\n", "utf-8")
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{chapters}", "utf-8")
    write_settings(root, "off")
    return names


def write_settings(root: Path, execute: str) -> None:
    """Let Jupyter Book execute notebooks in a way of its own, or not at all."""
    settings = f"execute:\n  execute_notebooks: {execute}\n  run_in_temp: false\n  timeout: 600\n"
    (root / "_config.yml").write_text(f"title: Notebooks\nonly_build_toc_files: true\n{settings}", "utf-8")


def write_table(root: Path, name: str, change: int) -> None:
    """Write the table of a notebook, its first row changed by so much."""
    rows = [(f"g{n % 4}", n * 7 % 31 + (change if n == 0 else 0), n * 5 % 17) for n in range(_ROWS)]
    lines = ["group,value,other", *(",".join(map(str, row)) for row in rows)]
    (root / "tables" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")


def right_sum(change: int) -> str:
    """Return what a page of a changed table says."""
    return f"{SUM} {sum(n * 7 % 31 for n in range(_ROWS)) + change}"


def bake_hash(root: Path, name: str, digest: str) -> None:
    """Write the digest of its table into a notebook: without it Jupyter Book's cache shows old numbers."""
    path = root / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][-1]["source"] = f"{_CELLS[-1]}  # {digest}"
    path.write_text(json.dumps(notebook), "utf-8")


def _write_notebook(path: Path, name: str) -> None:
    cells = [_cell("parameters", _PARAMETERS.replace('"00"', f'"{name}"'), ["parameters"])]
    cells += [_cell(f"cell-{n}", source, []) for n, source in enumerate(_CELLS)]
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# Notebook {name}"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": [title, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), "utf-8")


def _cell(name: str, source: str, tags: list[str]) -> dict[str, object]:
    blank: dict[str, object] = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**blank, "id": name, "metadata": {"tags": tags}, "source": source}
