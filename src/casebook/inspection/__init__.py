"""Looking into the cache: why a run would be executed, and whether what is kept is what a run leaves."""
