"""Releases: an edition frozen, packed for one reader, verified anywhere, and built again from what was packed."""
