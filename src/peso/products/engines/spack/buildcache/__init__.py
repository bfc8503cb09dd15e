"""Spack's build cache, layout 3: read and written as files, without Spack."""
