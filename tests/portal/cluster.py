"""A PostgreSQL of our own for tests and timings: made in a temporary folder, gone afterwards; or in
a folder that is named, and kept.

1. Debian's server programs, of whatever version is there; none: `why_not` says so.
2. PostgreSQL refuses to run as root, so root starts it as `postgres`, or as `nobody`.
3. It listens at a socket in its own folder only. What it says is in `log` there.
4. It keeps nothing for good, so it does not wait for the disk, unless it is told to.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_DEBIAN = Path("/usr/lib/postgresql")
_USERS = ("postgres", "nobody")
_SECONDS = 60


def why_not() -> str:
    """Say why no PostgreSQL can be started here; empty: it can."""
    if _programs() is None:
        return "no PostgreSQL server on this machine (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _other() is None:
        return "PostgreSQL refuses root, and there is no user postgres or nobody here"
    return ""


@dataclass(kw_only=True)
class Cluster:
    """A running server."""

    settings: Sequence[str] = ()
    """More settings, `name=value`."""
    lasting: bool = False
    """Wait for the disk as PostgreSQL does by itself; for timings."""
    at: Path | None = None
    """A folder that stays: what is there is started again."""

    def __enter__(self) -> Self:
        """Make it where it is not there yet, and start it."""
        if self.at is not None:
            self.at.mkdir(parents=True, exist_ok=True)
        self.folder = self.at or Path(tempfile.mkdtemp(prefix="peso-postgres-", dir="/tmp"))
        if other := _other():
            os.chown(self.folder, other.pw_uid, other.pw_gid)
        data = self.folder / "data"
        careless = () if self.lasting else ("fsync=off", "full_page_writes=off")
        said = ("listen_addresses=", f"unix_socket_directories={self.folder}", *careless)
        settings = [part for one in (*said, *self.settings) for part in ("-c", one)]
        try:
            if not data.exists():
                how = ("-A", "trust", "-U", "peso", "-E", "UTF8", "-N")
                self._run("initdb", "-D", str(data), *how)
            start = ("-D", str(data), "-l", str(self.folder / "log"), "-w", "start")
            self._run("pg_ctl", "-o", " ".join(settings), *start)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop it, and remove all of it unless it stays."""
        how = "fast" if self.at else "immediate"
        try:
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", how, "-w", "stop")
        finally:
            self._remove()

    def _remove(self) -> None:
        if self.at is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def new(self, name: str) -> str:
        """Make an empty database; returns its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", "peso", name)
        return self.url(name)

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://peso@/{name}?host={self.folder}"

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self._run("dropdb", "--force", "-h", str(self.folder), "-U", "peso", name)

    def _run(self, program: str, *arguments: str) -> None:
        programs, other = _programs(), _other()
        assert programs is not None, why_not()
        # PostgreSQL's own words go to a file: a server that stays holds a pipe open for ever.
        said = self.folder / f"{program}.out"
        with said.open("ab") as out:
            done = subprocess.run(
                (str(programs / program), *arguments),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                user=other.pw_uid if other else None,
                group=other.pw_gid if other else None,
                extra_groups=[] if other else None,
                timeout=_SECONDS,
                check=False,
            )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {said.read_text(errors='replace')[-2000:]}")


def _programs() -> Path | None:
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _other() -> pwd.struct_passwd | None:
    """Return whom root starts it as; None: whoever we are."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next((known[name] for name in _USERS if name in known), None)
