"""Suites: collections of tests that others wrote, run as they are against what was built."""
