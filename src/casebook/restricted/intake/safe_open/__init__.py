"""Safe opening: containers, XML, sheets, databases and text of unknown origin, bounded and never extracted."""
