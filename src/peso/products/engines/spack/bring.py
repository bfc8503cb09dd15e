"""Bring back: units of a part from its build cache into a prefix, by Spack, by exact hash.

The cache lies beside the part's lock, and its files are proven: that is this module's premise, not
its work (`services/delivery/facility`). The rules, in order:

1. Spack's index is written here, from the specs that lie there. None that came with a release, or
   lay in a mirror, is read.
2. Spack installs the roots that are asked for, by `/HASH`, from that cache and never from source,
   in a configuration of this run only (`isolated.py`). There is nowhere else for it to look.
3. It is Spack that unpacks, relocates and writes down what is installed. A run that is killed
   leaves what was finished; the next one goes on.
4. Whether the units are there is looked up afterwards in what Spack wrote down, not taken from how
   it ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from peso.base.digest import canonical_json
from peso.base.files import disk, make_folder, write_atomic
from peso.base.process import Command, run
from peso.errors import Outside
from peso.products.engines.port import Progress, Wanted, Workbench
from peso.products.engines.spack.buildcache.cache_manifest import read_manifest
from peso.products.engines.spack.buildcache.index import write_index
from peso.products.engines.spack.buildcache.layout import blob_path
from peso.products.engines.spack.buildcache.record import CachedSpec
from peso.products.engines.spack.buildcache.spec_blob import read_spec
from peso.products.engines.spack.database import installed_in
from peso.products.engines.spack.events import Stream
from peso.products.engines.spack.isolated import Isolated

MARK: Final = ".peso-spack.json"
"""What tells a tree of units that PESO brought."""
_LONG: Final = 24 * 3600.0
_LIMIT: Final = 32 << 20
_SAID: Final = 2000


@dataclass(slots=True)
class _Onlooker:
    """Reads what Spack says as it comes, and tells progress."""

    output: Path
    total: int
    bench: Workbench
    stream: Stream = field(default_factory=Stream)
    done: set[str] = field(default_factory=set)
    read: int = 0

    def look(self) -> None:
        """Take in what has come since the last look."""
        try:
            with self.output.open("rb") as said:
                said.seek(self.read)
                data = said.read()
        except FileNotFoundError:
            return
        self.read += len(data)
        for event in self.stream.feed(data):
            if event.kind == "done":
                self.done.add(event.hash)
            line = f"{event.name}@{event.version} {event.kind}"
            self.bench.progress(Progress(done=len(self.done), total=self.total, line=line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a run of Spack brought."""

    there: Mapping[str, str]
    """The folder of every unit that is whole in the tree, by hash."""
    ended: str
    """How Spack ended, in words; empty where it did not have to be started."""
    started: bool
    """Whether it ran to an end of its own: what is missing then is missing for a reason of its."""
    said: str
    """The end of what it said of errors."""


def bring_back(
    wanted: Wanted, isolated: Isolated, environment: Mapping[str, str], bench: Workbench
) -> Mapping[str, str]:
    """Install the wanted units; return the folder of each, by hash.

    Args:
        wanted: What is wanted; `lacking` was looked at before.
        isolated: The Spack of this run; its mirror holds proven files of what is not there yet.
        environment: What Spack is started with.
        bench: Scratch space, and whom progress is told.

    Raises:
        Outside: Spack or the disk failed; what was finished stays.
    """
    made = attempt(wanted, isolated, environment, bench)
    if missing := [hash_ for hash_ in wanted.units if hash_ not in made.there]:
        raise Outside(
            f"Spack did not bring back {len(missing)} units: {made.ended}\n{made.said}".rstrip(),
            where=str(isolated.tree),
            hint="what was finished stays; the same command goes on",
        )
    return {hash_: made.there[hash_] for hash_ in wanted.units}


def attempt(
    wanted: Wanted, isolated: Isolated, environment: Mapping[str, str], bench: Workbench
) -> Attempt:
    """Do what `bring_back` does, and say what came of it, also where units are missing.

    Raises:
        Outside: The disk failed.
    """
    tree = isolated.tree
    make_folder(tree)
    write_atomic(tree / MARK, canonical_json({"engine": "spack"}))
    there = installed_in(tree)
    if set(wanted.units) <= there.keys():
        return Attempt(there=there, ended="", started=False, said="")
    write_index(specs_in(isolated.mirror), isolated.mirror)
    command = Command(
        argv=isolated.commands().bring_back(wanted.roots),
        directory=isolated.work,
        environment=isolated.environment(environment),
        stdout=isolated.work / "bring.out",
        stderr=isolated.work / "bring.err",
        seconds=_LONG,
    )
    onlooker = _Onlooker(command.stdout, len(wanted.units), bench)
    end = run(command, meanwhile=onlooker.look)
    onlooker.look()
    return Attempt(
        there=installed_in(tree),
        ended=end.message or f"it ended with {end.ended} {end.code}",
        started=end.ended == "exit",
        said=_errors(command),
    )


def specs_in(mirror: Path) -> tuple[CachedSpec, ...]:
    """Return the spec of every unit that a build cache in a folder has a manifest of.

    Raises:
        BadInput: A file there is not what its place says.
        Outside: The disk failed.
    """
    found = []
    for place in sorted(mirror.glob("v3/manifests/spec/*/*.spec.manifest.json")):
        said = read_manifest(_read(place), str(place))
        spec = mirror / blob_path(said.spec.sha256)
        found.append(read_spec(_read(spec), str(spec)))
    return tuple(found)


def _read(path: Path) -> bytes:
    with disk(path, "read"), path.open("rb") as stream:
        return stream.read(_LIMIT)


def _errors(command: Command) -> str:
    if not command.stderr.exists():
        return ""
    with disk(command.stderr, "read"):
        text = command.stderr.read_bytes()[-_LIMIT:].decode(errors="replace").strip()
    return text[-_SAID:]
