"""What a reader of environments is told about the machine they are for; reads no environment.

Nothing is asked of Spack, so its own folder is unknown unless `SPACK_ROOT` says it; a condition or
a path that needs what is unknown is a doubt with that reason.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import archspec.cpu
from msgspec import Struct, field

OS_RELEASE = Path("/etc/os-release")
_FULL_VERSIONS = frozenset({"ubuntu"})  # Spack names these with their minor version


class Facts(Struct, frozen=True, kw_only=True):
    """A machine, in Spack's words; what is empty is not known."""

    platform: str = ""
    """`linux`, `darwin`, `windows`, `freebsd`."""
    os: str = ""
    """E.g. `ubuntu24.04`, `rhel9`."""
    target: str = ""
    """E.g. `zen4`."""
    hostname: str = ""
    spack: str = ""
    """The folder of a Spack, for paths with `$spack`."""
    user: str = ""
    home: str = ""
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The environment variables."""


def facts_of_this_machine(
    variables: Mapping[str, str],
    *,
    os_release: Path = OS_RELEASE,
) -> Facts:
    """Describe this machine, as far as it can be told without Spack."""
    system = platform.system().lower()
    return Facts(
        platform=system,
        os=_linux_name(os_release) if system == "linux" else "",
        target=archspec.cpu.host().name,
        hostname=platform.node(),
        spack=variables.get("SPACK_ROOT", ""),
        user=variables.get("USER", ""),
        home=variables.get("HOME", ""),
        variables=MappingProxyType(dict(variables)),
    )


def _linux_name(os_release: Path) -> str:
    """Return the distribution's name as Spack writes it; empty where the system does not say."""
    try:
        lines = os_release.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    pairs = (line.partition("=") for line in lines)
    said = {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}
    name, version = said.get("ID", ""), said.get("VERSION_ID", "")
    if name not in _FULL_VERSIONS:
        version = version.partition(".")[0]
    return f"{name}{version}" if name else ""
