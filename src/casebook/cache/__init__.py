"""The cache: a step is not done again while everything it depends on is as it was, and it can say what is not."""

from casebook.cache.ingredients import Ingredients
from casebook.cache.step import Step
from casebook.cache.steps import Done, Steps
from casebook.cache.store import Trace

__all__ = ["Done", "Ingredients", "Step", "Steps", "Trace"]
