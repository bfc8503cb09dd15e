"""What must fit together in a stack file: names that name each other, and files beside it.

Rules look at plain data, not at records, so that they speak even where a record could not be made,
and all faults come at once; what is not of the right shape is the records' to say, and passed over
here. One rule, one function; `RULES` is the table. Nothing here reads what a file means, but for
the names in a constraints file.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from peso.base.faults import Positions, Steps
from peso.errors import Fault
from peso.products.beside import MISSING, file_fault, names_file, nearest_file

_LARGEST_CONSTRAINTS = 4 << 20
_FILE_KEYS: Mapping[str, str] = {"pypi": "constraints", "spack": "environment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A stack file as it was read, right or wrong."""

    data: object
    positions: Positions
    folder: Path

    def mapping(self, *path: str | int) -> Mapping[str, Any]:
        """Return the mapping at `path`; empty where there is none."""
        found = self.at(*path)
        return found if isinstance(found, dict) else {}

    def entries(self, *path: str | int) -> list[Any]:
        """Return the list at `path`; empty where there is none."""
        found = self.at(*path)
        return found if isinstance(found, list) else []

    def at(self, *path: str | int) -> object:
        """Return what is at `path`; None where there is nothing."""
        here: Any = self.data
        for step in path:
            try:
                here = here[step]
            except (LookupError, TypeError):
                return None
        return here

    def engine(self, part: object) -> str:
        """Return the name of the engine of a part; empty where it has none."""
        return str(self.mapping("parts", part).get("engine", "")) if isinstance(part, str) else ""

    def fault(
        self,
        path: Steps,
        message: str,
        *,
        expected: str | None = None,
        hint: str | None = None,
        key: bool = False,
    ) -> Fault:
        """Return a fault at the value at `path`, or at its key."""
        where = self.positions.where(path, key=key)
        return Fault(where=where, message=message, expected=expected, hint=hint)


Rule = Callable[[Draft], Iterator[Fault]]


def broken(draft: Draft) -> Iterator[Fault]:
    """Return what does not fit together in a stack file."""
    for rule in RULES:
        yield from rule(draft)


def part_exists(draft: Draft) -> Iterator[Fault]:
    """Every product belongs to a part of the stack."""
    parts = list(draft.mapping("parts"))
    for number, _ in enumerate(draft.entries("products")):
        part = draft.at("products", number, "part")
        if isinstance(part, str) and part not in parts and parts:
            yield draft.fault(
                ("products", number, "part"),
                f"there is no part {part!r}",
                expected=_one_of(parts),
                hint=_nearest(part, parts),
            )


def product_once(draft: Draft) -> Iterator[Fault]:
    """A part lists a product once; `Mpi4Py` and `mpi4py` are one product."""
    first: dict[tuple[object, str], int] = {}
    for number, _ in enumerate(draft.entries("products")):
        name = draft.at("products", number, "name")
        if not isinstance(name, str):
            continue
        part = draft.at("products", number, "part")
        before = first.setdefault((str(part), canonicalize_name(name)), number)
        if before != number:
            line, _column = draft.positions.at(("products", before, "name"))
            yield draft.fault(
                ("products", number, "name"),
                f"the product {name!r} is listed twice in the part {part!r}",
                expected="a product once in a part",
                hint=f"see line {line}; put both `require` into one, with a comma",
            )


def part_used(draft: Draft) -> Iterator[Fault]:
    """Every part that is made of products has one; a Spack environment lists its own."""
    named = (draft.at("products", n, "part") for n, _ in enumerate(draft.entries("products")))
    used = {part for part in named if isinstance(part, str)}
    if used - draft.mapping("parts").keys():
        return  # a part that is not there may be this one, misspelled: `part_exists` says so
    for part in draft.mapping("parts"):
        if part not in used and draft.engine(part) == "pypi":
            yield draft.fault(
                ("parts", part),
                f"no product is in the part {part!r}",
                expected="at least one product in every part",
                hint=f"add `part: {part}` to a product, or remove the part",
                key=True,
            )


def require_readable(draft: Draft) -> Iterator[Fault]:
    """What a stack requires of a Python product is a PEP 440 specifier."""
    for number, _ in enumerate(draft.entries("products")):
        require = draft.at("products", number, "require")
        part = draft.at("products", number, "part")
        if not isinstance(require, str) or draft.engine(part) != "pypi":
            continue
        try:
            SpecifierSet(require)
        except InvalidSpecifier:
            yield draft.fault(
                ("products", number, "require"),
                f"{require!r} is not a version specifier",
                expected="a PEP 440 specifier, such as >=4 or >=1.4,<2",
                hint=_specifier_hint(require),
            )


def said_once(draft: Draft) -> Iterator[Fault]:
    """A list of names or numbers says nothing twice."""
    tests = draft.mapping("tests")
    lists: list[Steps] = [("platforms",)]
    lists += [("tests", test, key) for test in tests for key in ("of", "ranks")]
    lists += [("products", n, "extras") for n, _ in enumerate(draft.entries("products"))]
    lists += [
        ("suites", suite, key) for suite in draft.mapping("suites") for key in ("of", "tests")
    ]
    for path in lists:
        seen: list[object] = []
        for number, one in enumerate(draft.entries(*path)):
            if one in seen:
                yield draft.fault(
                    (*path, number),
                    f"{one!r} is there twice",
                    expected="each entry once",
                    hint="remove one",
                )
            seen.append(one)


def file_there(draft: Draft) -> Iterator[Fault]:
    """A file that a part names is a plain file in the folder of the stack."""
    for part in draft.mapping("parts"):
        key = _FILE_KEYS.get(draft.engine(part), "")
        named = draft.at("parts", part, key)
        if not isinstance(named, str):
            continue
        if wrong := file_fault(draft.folder, named):
            yield draft.fault(
                ("parts", part, key),
                f"{named!r}: {wrong}",
                expected="a plain file in the folder of the stack file",
                hint="make it, if only empty: `peso deliver --upgrade` fills it"
                if wrong == MISSING and key == "constraints"
                else "put the file itself beside the stack file",
            )


def tested_known(draft: Draft) -> Iterator[Fault]:
    """A test is of products the stack lists, or of units that its constraints name.

    What a Spack environment pulls in is not known here; with one, any name may be right.
    """
    if any(draft.engine(part) == "spack" for part in draft.mapping("parts")):
        return
    names = [draft.at("products", n, "name") for n, _ in enumerate(draft.entries("products"))]
    listed = [name for name in names if isinstance(name, str)]
    known = {canonicalize_name(name) for name in listed} | set(_constrained(draft))
    for test in draft.mapping("tests"):
        for number, name in enumerate(draft.entries("tests", test, "of")):
            if isinstance(name, str) and canonicalize_name(name) not in known:
                yield draft.fault(
                    ("tests", test, "of", number),
                    f"the stack has no product {name!r}",
                    expected="a product of the stack, or a unit its constraints name",
                    hint=_nearest(name, [*listed, *known]) or "list it under `products`",
                )


def test_file_there(draft: Draft) -> Iterator[Fault]:
    """A file that a test's arguments name is there, in a folder beside the stack file."""
    for test, key in itertools.product(draft.mapping("tests"), ("compile", "run")):
        for number, word in enumerate(draft.entries("tests", test, key)):
            if not isinstance(word, str):
                continue
            path = ("tests", test, key, number)
            if names_file(word):
                if wrong := file_fault(draft.folder, word):
                    yield draft.fault(
                        path,
                        f"{word!r}: {wrong}",
                        expected="a plain file in a folder beside the stack file",
                        hint=nearest_file(draft.folder, word)
                        or "put the file itself into a folder beside the stack file",
                    )
            elif number and word.endswith((".py", ".sh")) and "/" not in word:
                yield draft.fault(
                    path,
                    f"{word!r} is not in a folder",
                    expected="a file in a folder beside the stack file",
                    hint=f"move it, and write tests/{word}",
                )


def suite_there(draft: Draft) -> Iterator[Fault]:
    """A suite's checkout is a git repository; whether it has the commit is seen when it is run."""
    for suite in draft.mapping("suites"):
        named = draft.at("suites", suite, "checkout")
        if not isinstance(named, str) or not named or "\0" in named:
            continue
        folder = draft.folder / Path(named).expanduser()
        bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir()
        if not bare and not (folder / ".git").exists():
            wrong = "it is not a git repository" if folder.is_dir() else "there is no such folder"
            yield draft.fault(
                ("suites", suite, "checkout"),
                f"{named!r}: {wrong}",
                expected="a git repository, bare or not, relative to the stack file",
                hint="clone the suite there, with the commit the stack file names",
            )


def suite_of_known(draft: Draft) -> Iterator[Fault]:
    """A suite is of products that the stack lists, where it lists any of a native part."""
    listed = [
        str(draft.at("products", n, "name"))
        for n, _ in enumerate(draft.entries("products"))
        if draft.engine(draft.at("products", n, "part")) == "spack"
    ]
    for suite in draft.mapping("suites"):
        for number, name in enumerate(draft.entries("suites", suite, "of")):
            if isinstance(name, str) and listed and name not in listed:
                yield draft.fault(
                    ("suites", suite, "of", number),
                    f"no native part has a product {name!r}",
                    expected="a product of a native part",
                    hint=_nearest(name, listed) or "list it under `products`",
                )


def skipped_once(draft: Draft) -> Iterator[Fault]:
    """A suite skips a test once: with two, nobody knows which owner answers for it."""
    for suite in draft.mapping("suites"):
        first: dict[str, int] = {}
        for number, _ in enumerate(draft.entries("suites", suite, "skip")):
            test = draft.at("suites", suite, "skip", number, "test")
            if isinstance(test, str) and first.setdefault(test, number) != number:
                line, _column = draft.positions.at(("suites", suite, "skip", first[test], "test"))
                yield draft.fault(
                    ("suites", suite, "skip", number, "test"),
                    f"{test!r} is skipped twice",
                    expected="one skip of a test",
                    hint=f"see line {line}; keep the one whose owner answers for it",
                )


RULES: tuple[Rule, ...] = (
    part_exists,
    product_once,
    part_used,
    require_readable,
    said_once,
    file_there,
    tested_known,
    test_file_there,
    suite_there,
    suite_of_known,
    skipped_once,
)


def _constrained(draft: Draft) -> Iterator[str]:
    """Return the names that the constraints files of a stack name."""
    for part in draft.mapping("parts"):
        named = draft.at("parts", part, "constraints")
        if not isinstance(named, str) or file_fault(draft.folder, named):
            continue
        with (draft.folder / named).open(encoding="utf-8", errors="replace") as lines:
            for line in lines.read(_LARGEST_CONSTRAINTS).splitlines():
                try:
                    yield canonicalize_name(Requirement(line.partition("#")[0].strip()).name)
                except InvalidRequirement:
                    continue  # an option or an empty line; the engine judges it


def _specifier_hint(require: str) -> str:
    try:
        return f'for exactly this version write "=={Version(require)}"'
    except InvalidVersion:
        pass
    if require.lstrip().startswith("@"):
        return "`@` is Spack's; a Python product takes >=, <, == and ~="
    return "put a comma between two conditions, and a sign before each version"


def _one_of(names: list[str]) -> str:
    return f"one of {', '.join(names)}" if len(names) > 1 else names[0]


def _nearest(given: str, names: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(given.lower(), list(dict.fromkeys(names)), n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else None
