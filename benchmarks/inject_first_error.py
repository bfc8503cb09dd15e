"""Real sources, broken on purpose: is the first error found where the fault was put in?

    python benchmarks/inject_first_error.py ARCHIVE... [--files 3] [--seed 7] [--keep FOLDER]

Each archive is unpacked, configured and built as it is: that log must have no first error. Then
some of the source files that were compiled get one fault each, and all is built again from the
start with `make -j4`, the output of its jobs mixed as it comes. A fault has a name that nothing
else has, so where its first error is in the log is known without PESO. Faults that the build
survives are told and not counted. Runs what the archives contain.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from peso.products.engines.failures.first_error import first_error
from peso.products.engines.native import FailureKind

OBJECT = re.compile(rb"([\w./+-]+)\.(?:l?o|c)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault to put into a source file, and what its error is known by."""

    kind: FailureKind
    head: str = ""
    """Put at the beginning of a source file."""
    tail: str = ""
    """Put at its end."""
    told: re.Pattern[bytes]
    """What the line of its error has."""


FAULTS = {
    "a header that is not there": Fault(
        kind="missing-header",
        head="#include <peso_nosuch.h>\n",
        told=re.compile(rb"fatal error: peso_nosuch\.h"),
    ),
    "a name that is not declared": Fault(
        kind="compile",
        tail="\ntypedef int peso_named[peso_undeclared];\n",
        told=re.compile(rb"error: .{1,3}peso_undeclared"),
    ),
    "a macro that says no": Fault(
        kind="compile",
        head='#error "peso_says: no such machine"\n',
        told=re.compile(rb"error: #error .peso_says"),
    ),
    "a function that is nowhere": Fault(
        kind="link",
        tail="\nint peso_nowhere(void);\n"
        "static int (*volatile peso_asks)(void) __attribute__((used)) = peso_nowhere;\n",
        told=re.compile(rb"undefined reference to .{1,3}peso_nowhere"),
    ),
    "a function that is there twice": Fault(
        kind="link",
        tail="\nint main(void) { return 0; }\n",
        told=re.compile(rb"multiple definition of .{1,3}main\b"),
    ),
    "assembly that is none": Fault(
        kind="compile",
        tail='\n__asm__("peso_nosuch_instruction");\n',
        told=re.compile(rb"Error: no such instruction: .{1,3}peso_nosuch_instruction"),
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("archives", type=Path, nargs="+")
    parser.add_argument("--files", type=int, default=3, help="for each archive and fault")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the logs")
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    for archive in asked.archives:
        with tempfile.TemporaryDirectory() as folder:
            tree = unpacked(archive, Path(folder))
            for name, verdict, log in verdicts(tree, asked.files, random.Random(asked.seed)):  # noqa: S311
                counts[verdict] += 1
                print(f"{archive.name}: {name}: {verdict}", flush=True)
                if asked.keep:
                    asked.keep.mkdir(parents=True, exist_ok=True)
                    kept = re.sub(r"\W+", "-", f"{archive.name} {name}")
                    (asked.keep / f"{kept}.log").write_bytes(log)
    print(dict(counts))
    return int(any(verdict.startswith(("WRONG", "FALSE")) for verdict in counts))


def unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    return tree


def verdicts(tree: Path, files: int, chance: random.Random) -> Iterator[tuple[str, str, bytes]]:
    """Build as it is, then with each fault; a name, a verdict and the log of each."""
    configured = configure(tree)
    status, log = build(configured)
    if status:
        yield "as it is", "not built here", log
        return
    found = first_error(log)
    yield "as it is", "right: none" if found is None else "FALSE", log
    compiled = sources(tree, log)
    for name, fault in FAULTS.items():
        for source in chance.sample(compiled, min(files, len(compiled))):
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "tree"
                shutil.copytree(tree, copy, symlinks=True)
                relative = source.relative_to(tree)
                put(copy / relative, fault)
                clean(copy)
                log = build(configure(copy) if configured != tree else copy)[1]
                yield f"{name}, in {relative}", judge(fault, log), log


def configure(tree: Path) -> Path:
    """Configure where that is needed; return where to run make."""
    if (tree / "configure").exists():
        run(["./configure"], tree)
    elif (tree / "CMakeLists.txt").exists():
        run(["cmake", "-S", ".", "-B", "peso-build"], tree)
        return tree / "peso-build"
    return tree


def clean(tree: Path) -> None:
    shutil.rmtree(tree / "peso-build", ignore_errors=True)
    if (tree / "Makefile").exists():
        run(["make", "clean"], tree)


def build(where: Path) -> tuple[int, bytes]:
    return run(["make", "-j4", "V=1", "VERBOSE=1"], where)


def run(argv: Sequence[str], where: Path) -> tuple[int, bytes]:
    done = subprocess.run(
        argv,
        cwd=where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        timeout=600,
    )
    return done.returncode, done.stdout


def sources(tree: Path, log: bytes) -> list[Path]:
    """Return the C files whose objects the build names."""
    named = {match.group(1).rpartition(b"/")[2].decode() for match in OBJECT.finditer(log)}
    named |= {name.removesuffix(".c") for name in named}
    made = tree / "peso-build"
    found = (path for path in tree.rglob("*.c") if not path.is_relative_to(made))
    return sorted(path for path in found if path.stem in named)


def put(source: Path, fault: Fault) -> None:
    text = source.read_bytes()
    source.write_bytes(fault.head.encode() + text + fault.tail.encode())


def judge(fault: Fault, log: bytes) -> str:
    lines = log.split(b"\n")
    told = [at for at, line in enumerate(lines, 1) if fault.told.search(line)]
    if not told:
        return "survived"
    found = first_error(log)
    if found is None:
        return "WRONG: none"
    right = found.line == told[0] and found.kind == fault.kind
    return "right" if right else f"WRONG: {found.kind} {found.line} {found.text!r}, not {told[0]}"


if __name__ == "__main__":
    sys.exit(main())
