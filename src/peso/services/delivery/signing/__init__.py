"""Signing: keys, the chain of roots, and TUF metadata in its one form with its signatures."""
