"""Ingest: files into the store; the same files again change nothing."""
