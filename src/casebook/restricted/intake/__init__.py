"""Intake: what partners coded in tools of their own, read without trust into one form."""
