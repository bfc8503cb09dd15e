"""Spack's spec grammar and version order: read, compared and printed without a Spack."""
