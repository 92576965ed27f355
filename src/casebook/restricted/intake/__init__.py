"""Intake: what partners coded in tools of their own, read without trust into one form."""

from casebook.restricted.intake.limits import read
from casebook.restricted.intake.project import Project

__all__ = ["Project", "read"]
