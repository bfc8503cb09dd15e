"""The package manager of this machine, as far as PESO can ask it: dpkg, then rpm, then none."""

from __future__ import annotations

from pathlib import Path

from peso.products.engines.spack.distribution import DistributionPackages, NoDistribution
from peso.products.engines.spack.dpkg import DATABASE, Dpkg
from peso.products.engines.spack.rpm import Rpm, rpm_at_hand

_RELEASES = ("etc/os-release", "usr/lib/os-release")


def packages_here(root: Path = Path("/")) -> DistributionPackages:
    """Return what can be asked whose a file of this machine is; starts no process itself."""
    distribution = distribution_of(root)
    if (root / DATABASE / "status").is_file():
        return Dpkg(distribution, root)
    if rpm_at_hand():
        return Rpm(distribution, root)
    return NoDistribution(f"{distribution} has neither dpkg nor rpm")


def distribution_of(root: Path = Path("/")) -> str:
    """Return a distribution's name and version, e.g. `debian-12`; `unknown` if it does not say."""
    for one in _RELEASES:
        try:
            text = (root / one).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        said = {}
        for line in text.splitlines():
            key, _, value = line.partition("=")
            said[key.strip()] = value.strip().strip("\"'")
        parts = (said.get("ID", ""), said.get("VERSION_ID") or said.get("VERSION_CODENAME", ""))
        if parts[0]:
            return "-".join(filter(None, parts))
    return "unknown"
