"""The partner desk: what a partner hands in becomes a submission, and the partner is told what came of it."""
