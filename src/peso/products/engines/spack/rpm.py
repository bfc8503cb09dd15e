"""Which package of an RPM distribution a file is from: `rpm` is asked, file by file.

Its database has several forms, so it is not read here. Links are followed first, as for dpkg.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from peso.base.finding import Unknown
from peso.base.process import ToolFailed, run_tool
from peso.errors import Outside
from peso.products.engines.native import DistributionPackage
from peso.products.engines.spack.dpkg import links

_FORMAT = r"%{NAME}\t%{EPOCHNUM}\t%{VERSION}-%{RELEASE}\t%{ARCH}\n"
_SECONDS = 20.0
_PARTS = 4
_NOT_OWNED = 1
"""What `rpm -qf` ends with for a file of no package."""


def command(path: str, program: str = "rpm") -> tuple[str, ...]:
    """Return the command that asks for the package of a file."""
    return (program, "--query", "--queryformat", _FORMAT, "--file", path)


def read_answer(text: str) -> tuple[str, str, str] | None:
    """Return name, version (with its epoch, where there is one) and architecture."""
    for line in text.splitlines():
        parts = line.split("\t")
        if len(parts) == _PARTS and all(parts):
            name, epoch, version, architecture = parts
            return name, version if epoch == "0" else f"{epoch}:{version}", architecture
    return None


class Rpm:
    """The packages of rpm on this machine."""

    def __init__(self, distribution: str, root: Path = Path("/"), program: str = "rpm") -> None:
        self._distribution, self._root, self._program = distribution, root, program

    def owner_of(self, path: str) -> DistributionPackage | Unknown:
        """Return the package that a file is from."""
        reason = f"there is no file {path}"
        for one in reversed(tuple(links(path, self._root))):
            if not (self._root / one.lstrip("/")).is_file():
                continue
            reason = f"{path} is of no package of rpm"
            try:
                said = run_tool(
                    command(one, self._program),
                    directory=self._root,
                    seconds=_SECONDS,
                    what=f"asking rpm whose file {one} is",
                ).stdout
            except ToolFailed as failed:
                if failed.code == _NOT_OWNED:
                    continue
                return Unknown(unknown=failed.message)
            except Outside as failed:
                return Unknown(unknown=failed.message)
            if found := read_answer(said):
                name, version, architecture = found
                return DistributionPackage(
                    manager="rpm",
                    name=name,
                    version=version,
                    architecture=architecture,
                    distribution=self._distribution,
                    file=one,
                )
        return Unknown(unknown=reason)


def rpm_at_hand() -> bool:
    """Say whether there is an rpm to ask."""
    return shutil.which("rpm") is not None
