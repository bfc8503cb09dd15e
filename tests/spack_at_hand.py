"""The Spack that tests run: PESO_SPACK, a root or its program, as PESO itself takes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def spack_program() -> str:
    """Return the program of the Spack at hand; empty where none is named."""
    named = os.environ.get("PESO_SPACK", "")
    place = Path(named) / "bin" / "spack"
    return str(place) if named and place.is_file() else named


needs_spack = pytest.mark.skipif(
    not spack_program(), reason="no Spack on this machine: PESO_SPACK names none"
)
