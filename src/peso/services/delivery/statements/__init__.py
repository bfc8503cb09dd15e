"""Statements: what the steps found out about artifacts, signed, in the words of in-toto."""
