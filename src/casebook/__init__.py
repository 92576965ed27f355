"""Casebook: deliverables from coded interviews, computed, traced and protected."""
