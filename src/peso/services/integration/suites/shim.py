"""The `spack` that the tests of a suite see, laid out in a scratch folder; and what they asked it.

1. `bin/spack` is a few lines of shell that start `answers.py` with the Python PESO runs on, apart
   from whatever the tests have set; it never is the real Spack.
2. `root/` is what `SPACK_ROOT` names. Its `share/spack/setup-env.sh` makes `spack load` work in a
   shell as Spack's own does, also in scripts that the shell starts.
3. What was asked is read back, bounded: which units were loaded, and what was not answered.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import peso
from peso.base.files import make_folder
from peso.products.engines.port import ToolCall
from peso.services.integration.suites.units import Placed, Units, variants_text

NOTES_LIMIT = 4 << 20
"""Bytes read of what was asked."""

_PROGRAM = """\
#!/bin/sh
unset LD_LIBRARY_PATH LD_PRELOAD
exec {python} -I -c {code} {table} {notes} "$@"
"""
_CODE = (
    "import sys; sys.path.insert(0, {source!r}); "
    "from peso.services.integration.suites.answers import main; "
    "sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))"
)
_SETUP_ENV = """\
spack() {
    if [ "$1" = load ]; then
        local _peso_said
        _peso_said="$(command spack load --sh "${@:2}")" || return
        eval "$_peso_said"
    else
        command spack "$@"
    fi
}
export -f spack
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a test asked of `spack`."""

    loaded: tuple[str, ...] = ()
    """Hashes, in the order they were first loaded."""
    asked: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Specs that were looked for, with the hashes that answered."""
    refused: tuple[str, ...] = ()
    """Calls that were not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shim:
    """A stand-in for Spack, laid out."""

    folder: Path

    @property
    def programs(self) -> Path:
        """The folder to put first on `PATH`."""
        return self.folder / "bin"

    @property
    def root(self) -> Path:
        """What `SPACK_ROOT` names."""
        return self.folder / "root"

    @property
    def notes_file(self) -> Path:
        """Where calls are written down."""
        return self.folder / "asked.jsonl"

    def notes(self) -> Notes:
        """Read what was asked until now."""
        if not self.notes_file.exists():
            return Notes()
        with self.notes_file.open("rb") as stream:
            lines = stream.read(NOTES_LIMIT).decode(errors="replace").splitlines()
        loaded: dict[str, None] = {}
        asked: dict[str, tuple[str, ...]] = {}
        refused: dict[str, None] = {}
        for line in lines:
            said = _read(line)
            if "load" in said or "test" in said:
                loaded[str(said.get("load") or said.get("test"))] = None
            if "found" in said and isinstance(found := said["found"], list):
                asked[str(said.get("find"))] = tuple(str(one) for one in found)
            if isinstance(words := said.get("refused"), list):
                refused[shlex.join(["spack", *(str(word) for word in words)])] = None
        return Notes(loaded=tuple(loaded), asked=tuple(asked.items()), refused=tuple(refused))


def lay_shim(units: Units, commands: Mapping[str, ToolCall], folder: Path) -> Shim:
    """Lay out a stand-in for Spack that knows these units, and the commands that test some."""
    shim = Shim(folder=folder.absolute())
    table = shim.folder / "table.json"
    program = shim.programs / "spack"
    setup = shim.root / "share" / "spack" / "setup-env.sh"
    for place in (program.parent, setup.parent):
        make_folder(place)
    table.write_text(json.dumps(_table(units, commands)), encoding="utf-8")
    setup.write_text(_SETUP_ENV, encoding="utf-8")
    source = Path(peso.__file__).parents[1]
    text = _PROGRAM.format(
        python=shlex.quote(sys.executable),
        code=shlex.quote(_CODE.format(source=str(source))),
        table=shlex.quote(str(table)),
        notes=shlex.quote(str(shim.notes_file)),
    )
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return shim


def _table(units: Units, commands: Mapping[str, ToolCall]) -> dict[str, object]:
    return {
        "units": [_row(one) for one in units.placed.values()],
        "commands": [
            {"hash": hash_, "argv": call.argv, "environment": dict(call.environment)}
            for hash_, call in commands.items()
        ],
    }


def _row(placed: Placed) -> dict[str, object]:
    unit = placed.unit
    return {
        "hash": unit.hash,
        "name": unit.name,
        "version": unit.version,
        "namespace": unit.namespace,
        "variants": [(one.name, one.value) for one in unit.variants],
        "shown": variants_text(unit),
        "arch": (unit.platform, unit.system, unit.target),
        "compilers": " ".join(unit.compilers),
        "prefix": placed.prefix if placed.there else "",
        "explicit": unit.root,
        "below": [(edge.hash, edge.types, edge.virtuals) for edge in unit.depends],
    }


def _read(line: str) -> Mapping[str, object]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def unit_names(units: Units, hashes: Iterable[str]) -> tuple[str, ...]:
    """Return the labels of units."""
    return tuple(units.placed[one].unit.label for one in hashes if one in units.placed)
