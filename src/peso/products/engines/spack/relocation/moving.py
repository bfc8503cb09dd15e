"""Moving: a part's archives installed into a longer and a shorter folder, and looked at there.

1. Each of the two folders gets all that is to be proven and what that needs at run time, in one run
   of Spack, by exact hash from the archives alone, as at a facility (`bring.py`, `isolated.py`).
2. A unit that is not there afterwards, though all it needs is, could not be moved: that is a no,
   with Spack's words. One that lacks what it needs was not tried, and one that Spack was kept from
   (no `patchelf`, no folder that is shorter, a Spack that was ended) is unknown.
3. Both trees are looked at (`looking.py`), then removed. The sample of instructions is of the
   shorter one, or of the other where there is no shorter.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.base.files import make_folder, remove_tree
from peso.base.finding import Level, Outcome, Unknown, Verdict
from peso.errors import Outside, PesoError
from peso.products.engines.native import NativeBuild, NativeLock
from peso.products.engines.native_graph import NativeGraph
from peso.products.engines.port import Progress, Wanted, Workbench
from peso.products.engines.relocation import (
    DIRECTIONS,
    Direction,
    Instructions,
    Landing,
    Leak,
    Relocation,
)
from peso.products.engines.spack.at_hand import recipe_folders
from peso.products.engines.spack.bring import Attempt, attempt
from peso.products.engines.spack.fitting import no_patchelf
from peso.products.engines.spack.isolated import Isolated
from peso.products.engines.spack.push import FOLDER
from peso.products.engines.spack.recipe_archive import NAME, unpack_recipes
from peso.products.engines.spack.relocation.gravity import gravity
from peso.products.engines.spack.relocation.instructions import instructions_of
from peso.products.engines.spack.relocation.looking import Look, Seen, look
from peso.products.engines.spack.relocation.places import Places, folders_of
from peso.products.engines.spack.site import Site

LONGER: Final = 48
"""Characters that the longer folder has more than the one units were built in."""
MOST_LEAKS: Final = 60
_MOST_UNREAD: Final = 10
_SAID: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """One of the two folders, with what became of the units there."""

    into: Direction
    folder: Path
    made: Attempt | Unknown

    def prefix(self, hash_: str) -> Path | None:
        """Return where a unit is; None: it is not there."""
        there = {} if isinstance(self.made, Unknown) else self.made.there
        return Path(there[hash_]) if hash_ in there else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """What moving a part's archives needs."""

    lock: NativeLock
    build: NativeBuild
    release: Path
    site: Site
    bench: Workbench

    def prove(self, hashes: tuple[str, ...]) -> tuple[Relocation, ...]:
        """Return the proof of each of these units' archives.

        Raises:
            Outside: The disk failed.
        """
        wanted = self._wanted(hashes)
        with self._tree("longer", wanted) as longer, self._tree("shorter", wanted) as shorter:
            proofs = []
            for done, hash_ in enumerate(hashes):
                line = f"looking at {self.lock.unit(hash_).label}"
                self.bench.progress(Progress(done=done, total=len(hashes), line=line))
                proofs.append(self._proof(hash_, wanted, (longer, shorter)))
            return tuple(proofs)

    def _wanted(self, hashes: tuple[str, ...]) -> Wanted:
        """Return what has to be there; a unit that needs what no archive is of is left out."""
        graph = NativeGraph(self.lock)
        shipped = {one.hash for one in self.build.cache}
        whole = tuple(one for one in hashes if not self._lacks(one, graph, shipped))
        reached = graph.reached(whole)
        return Wanted(roots=whole, units=tuple(one for one in shipped if one in reached))

    def _lacks(self, hash_: str, graph: NativeGraph, there: Iterable[str]) -> tuple[str, ...]:
        """Return what a unit needs at run time that is not there, itself left out."""
        reached = graph.reached((hash_,)) - {hash_} - set(there)
        return tuple(one for one in graph.units if one in reached and not graph.units[one].external)

    @contextmanager
    def _tree(self, into: Direction, wanted: Wanted) -> Iterator[_Tree]:
        """Install all into one of the folders; it is gone afterwards."""
        folder = self._folder(into)
        if isinstance(folder, Unknown):
            yield _Tree(into=into, folder=self.bench.work, made=folder)
            return
        try:
            yield _Tree(into=into, folder=folder, made=self._install(into, folder, wanted))
        finally:
            remove_tree(folder)

    def _folder(self, into: Direction) -> Path | Unknown:
        built_in = self.build.built_in
        if not built_in:
            return Unknown(unknown="it is not known how long the folder is that it was built in")
        if into == "longer":
            name = self.bench.work.absolute() / "longer-than-it-was-built-in"
            folder = Path(str(name).ljust(built_in + LONGER, "-"))
            path = self.site.environment.get("PATH", "")
            why = no_patchelf(folder, built_in, path)
            return Unknown(unknown=why) if why else folder
        folder = self.bench.cache.absolute() / f"r{os.getpid():x}"
        if len(str(folder)) >= built_in:
            return Unknown(unknown=f"no folder shorter than {built_in} characters is at hand")
        return folder

    def _install(self, into: Direction, folder: Path, wanted: Wanted) -> Attempt | Unknown:
        part = (self.release / self.build.document.path).parent
        work = self.bench.work.absolute() / into
        archive = part / NAME
        line = f"installing {len(wanted.units)} units into a {into} folder"
        self.bench.progress(Progress(done=0, total=len(wanted.units), line=line))
        try:
            recipes = unpack_recipes(archive, work / "recipes") if archive.is_file() else ()
            isolated = Isolated(
                spack=self.site.spack,
                work=work,
                tree=folder,
                mirror=(part / FOLDER).absolute(),
                recipes=recipes or recipe_folders(self.site),
                indices=work / "spack-indices",
            )
            make_folder(work)
            return attempt(wanted, isolated, self.site.environment, self.bench)
        except Outside:
            raise
        except PesoError as error:
            return Unknown(unknown=f"it could not be tried: {error.message}")

    def _proof(self, hash_: str, wanted: Wanted, trees: tuple[_Tree, ...]) -> Relocation:
        unit = self.lock.unit(hash_)
        (archive,) = (one.archive.sha256 for one in self.build.cache if one.hash == hash_)
        looks = {
            tree.into: look(prefix, self._places(tree))
            for tree in trees
            if (prefix := tree.prefix(hash_)) is not None
        }
        landings = {tree.into: self._landing(hash_, tree, wanted) for tree in trees}
        leaks = sorted(_leaks(looks), key=_gravest)
        unread = dict.fromkeys(name for one in looks.values() for name in one.unread)
        return Relocation(
            archive=archive,
            hash=hash_,
            name=unit.name,
            version=unit.version,
            target=unit.target,
            longer=landings["longer"],
            shorter=landings["shorter"],
            files=max((one.files for one in looks.values()), default=0),
            unread=tuple(unread)[:_MOST_UNREAD],
            leaks=tuple(leaks[:MOST_LEAKS]),
            more=max(0, len(leaks) - MOST_LEAKS),
            instructions=self._instructions(hash_, trees),
            tool=self.site.spack.label,
        )

    def _places(self, tree: _Tree) -> Places:
        prefixes = (one.prefix for one in self.build.units if one.outcome in {"built", "reused"})
        return Places(folders_of(self.site, self.bench, prefixes), tree.folder)

    def _landing(self, hash_: str, tree: _Tree, wanted: Wanted) -> Landing:
        made, length = tree.made, len(str(tree.folder))
        if isinstance(made, Unknown):
            return Landing(verdict=_unknown(made.unknown), length=0)
        if hash_ in made.there:
            return Landing(verdict=Verdict(outcome=Outcome.PASS), length=length)
        graph = NativeGraph(self.lock)
        lacks = self._lacks(hash_, graph, made.there)
        if lacks:
            names = ", ".join(graph.units[one].label for one in lacks[:3])
            why = "is not there" if hash_ in wanted.roots else "has no archive in the release"
            return Landing(verdict=_unknown(f"what it needs {why}: {names}"), length=length)
        if not made.started:
            return Landing(verdict=_unknown(f"Spack did not end by itself: {made.ended}"), length=0)
        said = self._places(tree).hidden(_about(made.said, hash_).encode())
        reason = f"Spack could not install it there: {said}".rstrip(": ")
        return Landing(verdict=Verdict(outcome=Outcome.FAIL, reason=reason), length=length)

    def _instructions(self, hash_: str, trees: tuple[_Tree, ...]) -> Instructions | Unknown:
        there = [place for tree in trees[::-1] if (place := tree.prefix(hash_)) is not None]
        if not there:
            return Unknown(unknown="it could be installed nowhere")
        return instructions_of(there[0], self.site.environment.get("PATH", ""))


def _unknown(why: str) -> Verdict:
    return Verdict(outcome=Outcome.UNKNOWN, reason=why)


def _about(said: str, hash_: str) -> str:
    """Return what was said of a unit, else the end of all that was said."""
    lines = said.splitlines()
    short = hash_[:7]
    found = [line.strip() for line in lines if short in line]
    return " ".join(found or [line.strip() for line in lines[-4:]])[:_SAID]


def _leaks(looks: Mapping[Direction, Look]) -> Iterator[Leak]:
    """Give the leaks of both moves, each once."""
    found: dict[tuple[str, str, str], dict[Direction, Seen]] = {}
    for into, one in looks.items():
        for seen in one.seen:
            found.setdefault((seen.file, seen.kind, seen.place), {})[into] = seen
    for both in found.values():
        seen = next(iter(both.values()))
        level, reason = gravity(seen.kind, seen.place)
        yield Leak(
            file=seen.file,
            kind=seen.kind,
            place=seen.place,
            level=level,
            reason=reason,
            where=seen.where,
            text=seen.text,
            times=seen.times,
            into=tuple(one for one in DIRECTIONS if one in both),
        )


def _gravest(leak: Leak) -> tuple[int, str, str]:
    return -list(Level).index(leak.level), leak.file, leak.kind
