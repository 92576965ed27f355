"""Notebooks run by Papermill, once per crime and country: which runs there are, running them, and checking them."""

from casebook.publication.notebooks.executor import execute
from casebook.publication.notebooks.manner import Manner
from casebook.publication.notebooks.matrix import Run, runs
from casebook.publication.notebooks.tally import Tally
from casebook.publication.notebooks.witnesses import check_witnesses

__all__ = ["Manner", "Run", "Tally", "check_witnesses", "execute", "runs"]
