"""The stages of a build that are steps of the cache: what each depends on and leaves, beside the function that does it.

A stage's own module and all that it imports are among what its steps depend on, so each has a module of its own.
"""
