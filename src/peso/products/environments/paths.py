"""The variables of Spack's paths: `$spack`, `$env`, `${VAR}`, `~`. Opens nothing.

A variable that nobody told makes the path unknown, with its name; it is never taken as written.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from peso.products.environments.facts import Facts

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


class UnknownPathError(Exception):
    """A path that cannot be told, and why."""


def resolve(path: str, *, folder: Path, environment: Path, facts: Facts) -> Path:
    """Return the place a path stands for; raises `UnknownPathError` where it cannot be told.

    Args:
        path: As it is written.
        folder: What a relative path is relative to.
        environment: The folder of the environment, for `$env`.
        facts: The machine.
    """
    if "\0" in path:
        raise UnknownPathError("a path cannot hold a null character")
    said = _VARIABLE.sub(lambda found: _value(found, environment, facts), path)
    if said.startswith("~"):
        if not said.startswith(("~/", "~\\")) and said != "~":
            raise UnknownPathError("the home of another user is not known here")
        if not facts.home:
            raise UnknownPathError("the home folder (~) is not known here")
        said = facts.home + said[1:]
    if scheme := _SCHEME.match(said):
        if scheme[1].lower() != "file":
            raise UnknownPathError(f"it is a URL ({scheme[1]}), and PESO fetches none")
        said = said[scheme.end() :]
    return Path(posixpath.normpath(folder / said))


def _value(found: re.Match[str], environment: Path, facts: Facts) -> str:
    name = found[1] or found[2]
    arch = f"{facts.platform}-{facts.os}-{facts.target}" if facts.target else ""
    known = {
        "env": str(environment),
        "spack": facts.spack,
        "user": facts.user,
        "tempdir": tempfile.gettempdir(),
        "platform": facts.platform,
        "os": facts.os,
        "operating_system": facts.os,
        "target": facts.target,
        "arch": arch,
        "architecture": arch,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
    if name.lower() in known:
        value = known[name.lower()]
    elif name.lower() in {"user_cache_path", "spack_instance_id", "target_family"}:
        value = ""
    else:
        value = facts.variables.get(name, "")
    if not value:
        raise UnknownPathError(f"${name} is not known here")
    return value
