"""Which Spack a comparison asks: the one that PESO itself would use."""

from __future__ import annotations

import os
import sys

from peso.errors import Outside
from peso.products.engines.spack.tool import find_spack


def spack_command() -> str:
    """Return the program; ends with what to do where there is none."""
    try:
        return str(find_spack(None, os.environ).program)
    except Outside as no:
        sys.exit(f"{no}\n{no.hint}")
