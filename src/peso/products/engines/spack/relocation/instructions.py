"""The instruction sets that the binaries of a unit use: a sample of their code, taken apart.

Information, never a gate: a library may hold code for processors that it is never run on, and ask
when it starts which to use. What a sample does not hold is not known to be absent. The rules:

1. objdump takes the code apart; without it, or for a machine that is not in the tables, nothing is
   known, with the reason.
2. The largest binaries come first. Of each, all code is looked at where it is little; else
   pieces of it, each from the start of a function, for in the middle of one bytes mean anything.
3. The level is the first general target of archspec's that has every feature that was found.
"""

from __future__ import annotations

import io
import os
import re
import stat
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any, Final

import archspec.cpu

from peso.base.finding import Unknown
from peso.base.process import ToolFailed, run_tool
from peso.errors import Outside
from peso.products.engines.relocation import Instructions
from peso.products.engines.spack.relocation.elf import MAGIC
from peso.products.engines.spack.relocation.mnemonics import asks, needs

PIECE: Final = 96 << 10
PIECES: Final = 4
MOST: Final = 2 << 20
"""Bytes of code of a unit that are looked at."""
_FILES: Final = 40
_LARGEST: Final = 1 << 30
_SECONDS: Final = 60.0
_MACHINES: Final = {"EM_X86_64": ("x86", "x86_64"), "EM_AARCH64": ("arm", "aarch64")}
_ALWAYS: Final = frozenset({"mmx", "sse", "sse2", "fp", "asimd"})
_LINE: Final = re.compile(
    r"\s*[0-9a-f]+:\s+(?:(?:lock|rep\w*|bnd|notrack|data16|cs|ds|rex\S*)\s+)*(\w+)\s*([^#<]*)"
)
_LEVELS: Final = {
    "x86_64": ("x86_64", "x86_64_v2", "x86_64_v3", "x86_64_v4"),
    "aarch64": ("aarch64",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    """The code of one file."""

    path: Path
    machine: str
    family: str
    start: int
    size: int
    functions: tuple[int, ...]
    chooses: bool
    noted: str


@dataclass(slots=True)
class _Found:
    features: set[str] = field(default_factory=set)
    asks: bool = False
    files: int = 0
    sampled: int = 0
    faults: list[str] = field(default_factory=list)


def instructions_of(prefix: Path, path: str) -> Instructions | Unknown:
    """Return the instruction sets of a unit.

    Args:
        prefix: The unit's folder.
        path: Where programs are looked for.
    """
    files = sorted(_binaries(prefix), key=lambda one: (-one[1], str(one[0])))
    codes = [code for file, _ in files[:_FILES] if (code := _code(file)) is not None]
    if not codes:
        return Unknown(unknown="the unit has no program and no shared library")
    known = [one for one in codes if one.machine]
    objdump = which("objdump", path=path)
    if not known or objdump is None:
        noted = _noted(codes)
        more = f"; its linker noted {noted}" if noted else ""
        why = "its machine is not in the tables" if not known else "there is no objdump on PATH"
        return Unknown(unknown=why + more)
    found = _Found()
    for code in known:
        if found.sampled < MOST:
            _sample(code, objdump, found)
    if not found.sampled:
        return Unknown(unknown=f"objdump took nothing apart: {'; '.join(found.faults[:1])}")
    features = found.features - _ALWAYS
    return Instructions(
        features=tuple(sorted(features)),
        level=_level(known[0].family, features),
        asks=found.asks or any(one.chooses for one in codes),
        files=found.files,
        sampled=found.sampled,
        of=sum(one.size for one in codes),
        noted=_noted(codes),
    )


def _level(family: str, features: Iterable[str]) -> str:
    wanted = set(features)
    for name in _LEVELS.get(family, ()):
        if wanted <= set(archspec.cpu.TARGETS[name].features):
            return name
    return ""


def _noted(codes: Iterable[_Code]) -> str:
    return max((one.noted for one in codes), default="")


def _binaries(prefix: Path) -> Iterator[tuple[Path, int]]:
    for top, folders, files in os.walk(prefix):
        if Path(top) == prefix:
            folders[:] = [one for one in folders if one != ".spack"]
        for name in files:
            path = Path(top, name)
            try:
                found = path.lstat()
                if stat.S_ISREG(found.st_mode) and len(MAGIC) < found.st_size < _LARGEST:
                    with path.open("rb") as stream:
                        if stream.read(len(MAGIC)) == MAGIC:
                            yield path, found.st_size
            except OSError:
                continue


def _code(path: Path) -> _Code | None:
    """Return where the code of a program or shared library is; None where it is none."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only where files are read
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415 - as above

    try:
        file = ELFFile(io.BytesIO(path.read_bytes()))
        text = file.get_section_by_name(".text")
        if file["e_type"] not in {"ET_EXEC", "ET_DYN"} or text is None or not text["sh_size"]:
            return None
        machine, family = _MACHINES.get(file["e_machine"], ("", ""))
        starts, chooses = _functions(file)
        return _Code(
            path=path,
            machine=machine,
            family=family,
            start=int(text["sh_addr"]),
            size=int(text["sh_size"]),
            functions=starts,
            chooses=chooses,
            noted=_note(file),
        )
    except (ELFError, OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None


def _functions(file: Any) -> tuple[tuple[int, ...], bool]:  # noqa: ANN401 - untyped
    """Return where functions start, and whether one of them is chosen when the file is loaded."""
    starts, chooses = set[int](), False
    for name in (".dynsym", ".symtab"):
        table = file.get_section_by_name(name)
        for symbol in table.iter_symbols() if table is not None else ():
            kind = symbol["st_info"]["type"]
            chooses = chooses or kind in {"STT_GNU_IFUNC", "STT_LOOS"}
            if kind == "STT_FUNC" and symbol["st_value"]:
                starts.add(int(symbol["st_value"]))
    return tuple(sorted(starts)), chooses


def _note(file: Any) -> str:  # noqa: ANN401 - untyped
    """Return what the linker noted as needed: `x86-64-v3`."""
    section = file.get_section_by_name(".note.gnu.property")
    bits = 0
    for note in section.iter_notes() if section is not None else ():
        for one in note["n_desc"] if isinstance(note["n_desc"], list) else ():
            if str(one["pr_type"]) == "GNU_PROPERTY_X86_ISA_1_NEEDED":
                bits |= int(one["pr_data"])
    if not bits:
        return ""
    return "x86-64-baseline" if bits == 1 else f"x86-64-v{bits.bit_length()}"


def _sample(code: _Code, objdump: str, found: _Found) -> None:
    pieces = list(_pieces(code))
    for start, end in pieces:
        argv = (
            *(objdump, "-d", "--no-show-raw-insn", "-j", ".text"),
            *(f"--start-address={start:#x}", f"--stop-address={end:#x}", str(code.path)),
        )
        try:
            said = run_tool(
                argv,
                directory=code.path.parent,
                environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                seconds=_SECONDS,
                what=f"taking {code.path.name} apart",
            )
        except (Outside, ToolFailed) as error:
            found.faults.append(error.message)
            continue
        found.sampled += end - start
        _read(said.stdout, code.machine, found)
    found.files += bool(pieces)


def _pieces(code: _Code) -> Iterator[tuple[int, int]]:
    """Give the pieces of code to look at: all of it where it is little."""
    end = code.start + code.size
    inside = [one for one in code.functions if code.start <= one < end]
    if code.size <= PIECE * PIECES or len(inside) < PIECES:
        yield code.start, min(end, code.start + PIECE * PIECES)
        return
    last = code.start
    for number in range(PIECES):
        wished = code.start + number * code.size // PIECES
        at = inside[min(bisect_left(inside, wished), len(inside) - 1)]
        if at >= last:
            last = min(end, at + PIECE)
            yield at, last


def _read(text: str, machine: str, found: _Found) -> None:
    for line in text.splitlines():
        said = _LINE.match(line)
        if said is not None:
            found.features |= needs(machine, said[1], said[2])
            found.asks = found.asks or asks(machine, said[1])
