"""Spack recipes, read without running them, and the catalog made of them."""
