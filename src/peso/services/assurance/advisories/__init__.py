"""Advisories: what is known to be wrong with software, by source, kept in one local store.

Whatever form a source has, its records become one inner form, filed under the keys of the products
they speak of. Nothing here says whether a version is affected: `scan.py` does. See adr/0016.
"""
