"""Relocation proven: units installed into other folders than they were built in, and looked at."""
