"""Spack environments, read unmodified and without Spack: what they ask for, and where."""
