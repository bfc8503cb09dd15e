"""Detect the machine PESO runs on: system, processors, memory, libc. Starts no process.

What cannot be found is said as `unknown`, or 0 for a number; nothing here raises for it.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from peso.products.platforms.port import Host

CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")
OS_RELEASE = Path("/etc/os-release")


def detect_host() -> Host:
    """Describe this machine as it is now."""
    return Host(
        name=platform.node() or "unknown",
        system=platform.system() or "unknown",
        machine=platform.machine() or "unknown",
        distribution=_distribution(OS_RELEASE),
        libc=_libc(),
        cores=_cores(),
        memory=_memory(CGROUP_MEMORY),
        python=f"{platform.python_implementation()} {platform.python_version()}",
    )


def _distribution(os_release: Path) -> str:
    """Return what the distribution calls itself; the system's release where it says nothing."""
    fields: dict[str, str] = {}
    try:
        text = os_release.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals:
            fields[key] = value.strip("\"'")
    if fields.get("PRETTY_NAME"):
        return fields["PRETTY_NAME"]
    mac = platform.mac_ver()[0]
    return f"macOS {mac}" if mac else platform.release() or "unknown"


def _libc() -> str:
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION")
    except (ValueError, OSError):
        said = None
    return said or " ".join(platform.libc_ver()).strip() or "unknown"


def _cores() -> int:
    """Return the processors this process may use, not all that the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 0


def _memory(cgroup: Path) -> int:
    """Return the memory in bytes: the machine's, or less where a container allows less."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        total = 0
    try:
        limit = int(cgroup.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no such group, or "max"
        return total
    return min(total, limit) if total else limit
