"""Use cases of the transcripts module: each takes the context first, checks rights and never commits."""
