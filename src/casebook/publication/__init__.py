"""The publication room: works on protected tables and never reaches an interview."""
