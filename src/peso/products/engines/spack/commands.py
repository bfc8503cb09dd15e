"""What PESO asks of Spack, as command lines. Starts nothing, reads nothing.

The rules, in order:

1. Every command is a row of words, never a shell line; units are named by `/HASH`, so nothing of a
   recipe's or a lock's text becomes an option.
2. Scopes come with `-C`, the last one on top of all others; an environment is a folder (`-D`).
3. Where PESO builds, signatures are Spack's own to check, as its configuration says. Only what a
   signed release binds by digest, and PESO has proven, is pushed and brought back without Spack's.
4. The number of jobs is Spack's: its installer shares one job server, and `-j` is never said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Command lines for one Spack, with the configuration PESO puts on top of its own."""

    program: Path
    scopes: tuple[Path, ...] = ()
    """Folders of configuration; the last one comes first."""

    def on_top(self, *scopes: Path) -> Commands:
        """Return the same with more scopes, on top of those there are."""
        return replace(self, scopes=(*self.scopes, *scopes))

    def concretize(self, environment: Path) -> tuple[str, ...]:
        """Solve an environment; a line on standard output for each root solved."""
        return (*self._start(environment, "-v"), "concretize")

    def install(self, environment: Path, *, fail_fast: bool = False) -> tuple[str, ...]:
        """Build what an environment's lock names, and nothing else; goes on where it stood."""
        fast = ("--fail-fast",) if fail_fast else ()
        return (*self._start(environment), "install", "--only-concrete", *fast)

    def push(self, cache: Path, hashes: Iterable[str]) -> tuple[str, ...]:
        """Write archives of these installed units, and of no other, into a build cache; anew.

        Spack leaves out what a recipe does not let be given to others. Nothing is signed: what
        binds these files is the release's own manifest.
        """
        asked = ("buildcache", "push", "--force", "--unsigned", "--only", "package")
        return (*self._start(None), *asked, cache.as_uri(), *map(_unit, hashes))

    def bring_back(self, hashes: Iterable[str]) -> tuple[str, ...]:
        """Install these units, by exact hash, from the caches in force and never from source.

        For caches that hold nothing but what PESO has proven; Spack is then asked for no signature.
        """
        asked = ("install", "--cache-only", "--no-check-signature")
        return (*self._start(None), *asked, *map(_unit, hashes))

    def config_in_force(self, environment: Path) -> tuple[str, ...]:
        """Print, as JSON, every section of the configuration in force for an environment."""
        return (*self._start(environment), "config", "get", "--json")

    def compiler_find(self, environment: Path) -> tuple[str, ...]:
        """Write the compilers on `PATH` into an environment's file."""
        return (*self._start(environment), "compiler", "find", *_into(environment))

    def external_find(
        self,
        environment: Path,
        *,
        names: Iterable[str] = (),
        tags: Iterable[str] = (),
        exclude: Iterable[str] = (),
    ) -> tuple[str, ...]:
        """Write packages that are on the machine into an environment's file."""
        return (
            *self._start(environment),
            "external",
            "find",
            *_into(environment),
            *(word for tag in tags for word in ("-t", tag)),
            *(word for name in exclude for word in ("--exclude", name)),
            *names,
        )

    def load(self, hashes: Iterable[str]) -> tuple[str, ...]:
        """Print, as sh, what a user of these installed units has set."""
        return (*self._start(None), "load", "--sh", *map(_unit, hashes))

    def test_run(self, hash_: str) -> tuple[str, ...]:
        """Run the stand-alone tests of one installed unit; their log is on standard output."""
        return (*self._start(None, "-v"), "test", "run", _unit(hash_))

    def _start(self, environment: Path | None, *options: str) -> tuple[str, ...]:
        scopes = (word for scope in self.scopes for word in ("-C", str(scope)))
        where = ("-D", str(environment)) if environment is not None else ()
        return (str(self.program), "--color", "never", *options, *scopes, *where)


def _into(environment: Path) -> tuple[str, ...]:
    return "--scope", f"env:{environment}"


def _unit(hash_: str) -> str:
    return f"/{hash_}"
