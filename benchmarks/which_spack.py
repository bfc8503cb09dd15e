"""Which Spack a comparison asks: `PESO_SPACK`, a folder of Spack or its `bin/spack`, as in PESO."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from peso.products.engines.spack.tool import VARIABLE


def spack_command() -> str:
    """Return the program; ends with what to do where none is named."""
    said = os.environ.get(VARIABLE, "")
    root = Path(said)
    found = root / "bin" / "spack" if root.is_dir() else root
    if not said or not found.is_file():
        sys.exit(f"{VARIABLE} names no Spack: say {VARIABLE}=DIR, the folder of one")
    return str(found)
