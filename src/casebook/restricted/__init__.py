"""The restricted room: everything that sees interviews."""
