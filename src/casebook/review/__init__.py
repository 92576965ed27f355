"""The review desk: sheets for reviewers, what they fill in, and the answer to it."""
