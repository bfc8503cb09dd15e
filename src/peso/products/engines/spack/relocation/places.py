"""Places: folders of the builder's machine, found in bytes and hidden in what is said.

1. A folder counts as named where its path stands whole: what follows is no letter of a name. The
   user's home must not follow one either, for it is short; an option (`-I`) may stand there.
2. The longest folder that fits is the one that is meant. The folder that a unit was installed into
   now is none of them, though it may lie in one.
3. A folder is known by its path and by where links lead from there.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import Final, cast

from peso.products.engines.port import Workbench
from peso.products.engines.relocation import Place
from peso.products.engines.spack.site import Site

_AFTER: Final = rb"(?![A-Za-z0-9_.+-])"
_HOME_BEFORE: Final = rb"(?:(?<![A-Za-z0-9_.+/-])|(?<=-[IL]))"
_EVERYBODYS: Final = frozenset({"/", "/tmp", "/var/tmp", "/usr", "/usr/local", "/opt"})  # noqa: S108


@dataclass(frozen=True, slots=True)
class Named:
    """A folder of the builder's in a file's bytes."""

    place: Place
    start: int
    end: int


class Places:
    """The folders of a builder's, and the one that is none."""

    def __init__(self, folders: Iterable[tuple[Place, Path]], now: Path) -> None:
        """Take the folders by what they are; `now` is where units are installed now."""
        mine = {str(now): None, os.path.realpath(now): None}
        found: dict[str, Place | None] = {}
        for place, folder in folders:
            for path in (str(folder), os.path.realpath(folder)):
                if path not in _EVERYBODYS:
                    found.setdefault(path, place)
        self._names: Mapping[bytes, Place | None] = {
            os.fsencode(path): place for path, place in {**found, **mine}.items()
        }
        ordered = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(self._one, ordered)) + _AFTER)

    def _one(self, path: bytes) -> bytes:
        before = _HOME_BEFORE if self._names[path] == "home" else b""
        return before + re.escape(path) + _AFTER

    def named(self, data: bytes | mmap) -> Iterator[Named]:
        """Give every place where one of the folders is named."""
        for found in self._pattern.finditer(cast("bytes", data)):
            place = self._names[found[0]]
            if place is not None:
                yield Named(place, found.start(), found.end())

    def hidden(self, data: bytes) -> str:
        """Return a text with the folders replaced by what they are."""

        def word(found: re.Match[bytes]) -> bytes:
            return f"<{self._names[found[0]] or 'here'}>".encode()

        return self._pattern.sub(word, data).decode(errors="backslashreplace")


def folders_of(
    site: Site, bench: Workbench, prefixes: Iterable[str]
) -> tuple[tuple[Place, Path], ...]:
    """Return the folders of the machine that built.

    Args:
        site: How Spack is run here.
        bench: Where it writes.
        prefixes: Where units were installed: two names below a store.
    """
    spack = site.folders(bench)
    stores = {path.parent.parent for one in prefixes if (path := Path(one)).is_absolute()}
    home = site.environment.get("HOME", "")
    scratch = site.environment.get("TMPDIR") or tempfile.gettempdir()
    named: list[tuple[Place, Path]] = [
        ("store", spack.store),
        *(("store", one) for one in sorted(stores)),
        ("stage", spack.stage),
        ("scratch", spack.root),
        ("scratch", bench.work.absolute().parent),
        ("scratch", Path(scratch)),
        ("spack", site.spack.root),
    ]
    return (*named, ("home", Path(home))) if home else tuple(named)
