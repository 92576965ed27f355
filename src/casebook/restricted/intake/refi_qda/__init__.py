"""REFI-QDA projects (.qdpx, .qde) and codebooks (.qdc): read as tools write them, written by the standard."""
