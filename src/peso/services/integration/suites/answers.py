"""What the stand-in for `spack` answers to the tests of a suite, from a table of units.

Runs in a process of its own for every call (`shim.py` writes what starts it), so it imports little.

1. `find` names installed units that satisfy a spec, `-x` only those asked for by the environment;
   exit status 1 where there is none. Specs are read and matched by PESO's own `products/spec`.
2. `load --sh` says what a shell has to set, for the unit and all it links with or runs; `location`
   says where a unit is; `test run` starts the real command that the engine gave, and no other.
3. All else is refused with exit status 2. Whatever was asked is written down for PESO to read.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from peso.errors import PesoError
from peso.services.integration.suites.table import Row, Table, matching, read_table, running, walk

LOADED = "SPACK_LOADED_HASHES"
"""The variable in which Spack, too, keeps what is loaded."""
SHORT = 7
"""Characters of a hash where Spack shows it shortened."""
_DEEPER = 4
"""Spaces more for each dependency in a listing."""
_SYSTEM = frozenset(("", "/", "/usr", "/usr/local"))
"""Prefixes whose folders are on every path already."""
_FOLDERS: tuple[tuple[str, str], ...] = (
    ("PATH", "bin"),
    ("ACLOCAL_PATH", "share/aclocal"),
    ("PKG_CONFIG_PATH", "share/pkgconfig"),
    ("PKG_CONFIG_PATH", "lib64/pkgconfig"),
    ("PKG_CONFIG_PATH", "lib/pkgconfig"),
    ("CMAKE_PREFIX_PATH", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call gets."""

    code: int = 0
    out: str = ""
    err: str = ""
    start: tuple[tuple[str, ...], Mapping[str, str]] | None = None
    """A command to become, instead of answering."""
    noted: Mapping[str, object] = field(default_factory=dict)
    """What is written down of it."""


def main(table: str, notes: str, words: Sequence[str]) -> int:
    """Answer one call of `spack`; returns the exit status."""
    data = json.loads(Path(table).read_text(encoding="utf-8"))
    answer = answer_to(read_table(data), words, os.environ.get(LOADED, ""))
    if answer.noted:
        with Path(notes).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(answer.noted) + "\n")
    if answer.start is not None:
        argv, environment = answer.start
        os.execvpe(argv[0], argv, dict(environment))  # noqa: S606 - the engine's own argv
    sys.stdout.write(answer.out)
    sys.stderr.write(answer.err)
    return answer.code


def answer_to(table: Table, words: Sequence[str], loaded: str) -> Answer:
    """Answer a call with these words; `loaded` are the hashes loaded before, between colons."""
    command = _COMMANDS.get(words[0]) if words else None
    if command is None:
        return _refused(words)
    try:
        return command(table, words[1:], loaded)
    except PesoError as error:
        return Answer(code=1, err=f"==> Error: {error.message}\n", noted={"refused": [*words]})


def _refused(words: Sequence[str]) -> Answer:
    said = " ".join(["spack", *words])
    err = f"==> Error: PESO's stand-in for Spack does not answer: {said}\n"
    return Answer(code=2, err=err, noted={"refused": [*words]})


def _find(table: Table, words: Sequence[str], loaded: str) -> Answer:
    flags, options, specs = _split(words, valued=("--format", "-f"))
    known = frozenset("xdplLvI") | {"--explicit", "--json", "--loaded", "--no-groups", "--deps"}
    if flags - known:
        return _refused(["find", *words])
    found = matching(table, specs)
    if flags & {"x", "--explicit"}:
        found = [row for row in found if row.explicit]
    if "--loaded" in flags:
        found = [row for row in found if row.hash in loaded.split(":")]
    noted = {"find": specs, "found": [row.hash for row in found]}
    if not found:
        return Answer(code=1, err=f"==> No package matches the query: {specs}\n", noted=noted)
    form = options.get("--format", options.get("-f"))
    if form is not None:
        out = "".join(f"{_formed(row, form)}\n" for row in found)
    elif "--json" in flags:
        out = json.dumps([_plain(row) for row in found], indent=1) + "\n"
    else:
        out = _listing(table, found, flags)
    return Answer(out=out, noted=noted)


def _load(table: Table, words: Sequence[str], loaded: str) -> Answer:
    flags, _, specs = _split(words)
    found = matching(table, specs)
    if flags - {"--sh", "--first"} or (len(found) > 1 and "--first" not in flags):
        return _refused(["load", *words])
    if not found:
        err = f"==> Error: Spec '{specs}' matches no installed packages.\n"
        return Answer(code=1, err=err, noted={"find": specs, "found": []})
    row = found[0]
    said = "".join(
        f"export {name}={shlex.quote(value)}" + (f'"${{{name}:+:${name}}}"' if more else "") + ";\n"
        for name, value, more in _settings(table, row, loaded)
    )
    return Answer(out=said if "--sh" in flags else "", noted={"load": row.hash, "asked": specs})


def _location(table: Table, words: Sequence[str], _loaded: str) -> Answer:
    flags, _, specs = _split(words)
    found = matching(table, specs)
    if flags - {"i", "--install-dir", "--first"}:
        return _refused(["location", *words])
    noted = {"find": specs, "found": [row.hash for row in found]}
    if len(found) != 1 and not (found and "--first" in flags):
        err = f"==> Error: {len(found)} installed packages match '{specs}'\n"
        return Answer(code=1, err=err, noted=noted)
    return Answer(out=f"{found[0].prefix}\n", noted=noted)


def _test(table: Table, words: Sequence[str], _loaded: str) -> Answer:
    if words[:1] == ["results"]:
        return Answer(out="==> The results are with the run of the tests, above.\n")
    flags, _, specs = _split(words[1:])
    if words[:1] != ["run"] or flags:
        return _refused(["test", *words])
    found = matching(table, specs)
    if len(found) != 1 or found[0].hash not in table.commands:
        return _refused(["test", *words])
    return Answer(start=table.commands[found[0].hash], noted={"test": found[0].hash})


_COMMANDS: Mapping[str, Callable[[Table, Sequence[str], str], Answer]] = MappingProxyType(
    {"find": _find, "load": _load, "location": _location, "test": _test}
)


def _split(
    words: Sequence[str], valued: tuple[str, ...] = ()
) -> tuple[frozenset[str], dict[str, str], str]:
    """Return flags (short ones by letter), options with a value, and the rest as one text."""
    flags: set[str] = set()
    options: dict[str, str] = {}
    rest: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word in valued and waiting:
            options[word] = waiting.pop(0)
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            if equals and name in valued:
                options[name] = value
            else:
                flags.add(word)
        elif word.startswith("-") and len(word) > 1:
            flags |= set(word[1:])
        else:
            rest.append(word)
    return frozenset(flags), options, " ".join(rest)


def _settings(table: Table, row: Row, loaded: str) -> Iterator[tuple[str, str, bool]]:
    """Yield what loading a unit sets: a variable, its value, and whether the old one follows."""
    found: dict[str, list[str]] = {}
    for one in (row, *running(table, row)):
        if one.prefix in _SYSTEM:
            continue
        python = [("PYTHONPATH", folder) for folder in _python_folders(table, one)]
        for variable, folder in (*_FOLDERS, *python):
            path = Path(one.prefix, folder)
            if path.is_dir() and str(path) not in found.setdefault(variable, []):
                found[variable].append(str(path))
    for variable, folders in found.items():
        if folders:
            yield variable, ":".join(folders), True
    yield LOADED, ":".join([row.hash, *(one for one in loaded.split(":") if one)]), False


def _python_folders(table: Table, row: Row) -> Iterator[str]:
    for below in row.below:
        found = table.rows.get(below.hash)
        if found is not None and found.name == "python":
            major, minor = (*found.version.split("."), "0")[:2]
            yield f"lib/python{major}.{minor}/site-packages"


def _formed(row: Row, form: str) -> str:
    fields = {
        "{hash}": row.hash,
        "{hash:7}": row.hash[:SHORT],
        "{name}": row.name,
        "{version}": row.version,
        "{@version}": f"@{row.version}",
        "{prefix}": row.prefix,
        "{variants}": row.shown,
    }
    for field_, value in fields.items():
        form = form.replace(field_, value)
    return form


def _plain(row: Row) -> dict[str, object]:
    parameters = {
        name: (value == "true" if value in {"true", "false"} else value.split(","))
        for name, value in row.variants
    }
    return {
        "name": row.name,
        "version": row.version,
        "hash": row.hash,
        "namespace": row.namespace,
        "parameters": parameters,
    }


def _listing(table: Table, found: Sequence[Row], flags: frozenset[str]) -> str:
    """Return units as Spack lists them: a header, then a line for each, dependencies below it."""
    lines: list[str] = []
    for row in found:
        compilers = f"%{row.compilers}" if row.compilers else "no compilers"
        header = f"-- {'-'.join(row.arch)} / {compilers} "
        if header not in lines:
            lines.append(header)
        for depth, one in walk(table, row) if flags & {"d", "--deps"} else [(0, row)]:
            spaces = " " * (1 + _DEEPER * depth)
            label = f"{one.name}@{one.version}" + (one.shown if "v" in flags else "")
            hash_ = one.hash if "L" in flags else one.hash[:SHORT] if "l" in flags else ""
            prefix = f"  {one.prefix}" if "p" in flags else ""
            lines.append(f"{hash_}{spaces if hash_ else spaces[1:]}{label}{prefix}")
    return "".join(f"{line}\n" for line in lines)
