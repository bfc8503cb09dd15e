"""The machine that recipes are read for: what a recipe may ask of it is answered from here.

Never this process's own: the same recipe says the same wherever it is read.
"""

from __future__ import annotations

from msgspec import Struct


class Host(Struct, frozen=True, kw_only=True):
    """The machine a recipe is read for: a bare one, without environment variables or tools."""

    platform: str = "linux"
    """As `sys.platform` says."""
    system: str = "Linux"
    """As `platform.system()` says."""
    machine: str = "x86_64"
    """As `platform.machine()` says."""
    byteorder: str = "little"
    """As `sys.byteorder` says."""
    os: str = ""
    """As Spack names its operating system (`ubuntu24.04`); empty: not known."""


LINUX = Host()
