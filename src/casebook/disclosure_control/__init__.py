"""The door: the only way from counts of people to protected tables."""
