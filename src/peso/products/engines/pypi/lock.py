"""Locks: from the products of a stack to requirements, and from a `pylock.toml` to exact units.

Pure over text and records. For each package the one file this interpreter takes is chosen as the
standard says (PEP 751, by `packaging`): the best wheel, else the sdist. A package that does not
come from an index as a file with a sha256 cannot be locked, and is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from packageurl import PackageURL
from packaging.markers import Environment
from packaging.pylock import (
    Package,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockSelectError,
    PylockValidationError,
)
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

from peso.errors import BadInput, Fault, Outside
from peso.products.engines.port import Requires, Unit
from peso.products.engines.pypi.python import Interpreter, least
from peso.products.stack import Stack


def requirements_of(stack: Stack, part: str) -> tuple[Requirement, ...]:
    """Return what the stack asks of a part.

    Raises:
        BadInput: A product's name, extras or `require` are not Python's; all faults at once.
    """
    faults: list[Fault] = []
    asked: list[Requirement] = []
    for number, product in enumerate(stack.products):
        if product.part != part:
            continue
        extras = f"[{','.join(product.extras)}]" if product.extras else ""
        try:
            SpecifierSet(product.require)  # a URL or a marker is not one
            requirement = Requirement(f"{product.name}{extras} {product.require}")
        except (InvalidRequirement, InvalidSpecifier) as error:
            said = str(error).splitlines()[0]
            faults.append(
                Fault(
                    where=f"products[{number}] ({product.name})",
                    message=f"{product.require!r} is not a Python version requirement: {said}",
                    expected="a PEP 440 specifier, e.g. `>=4,<5`",
                )
            )
        else:
            asked.append(requirement)
    if faults:
        raise BadInput("the stack asks for something Python has no word for", faults=tuple(faults))
    if not asked:
        raise BadInput(f"the part {part!r} has no product", hint="name one under `products:`")
    return tuple(asked)


def read_units(
    data: bytes, interpreter: Interpreter, *, asked: Iterable[Requirement] = (), where: str
) -> tuple[Unit, ...]:
    """Read the exact units of a `pylock.toml` for one interpreter, by name.

    Args:
        data: The document.
        interpreter: What chooses between the files of a package.
        asked: What the stack asked for; those units are roots, with the extras asked for.
        where: The document's name, for errors.
    """
    roots: dict[str, tuple[str, ...]] = {
        canonicalize_name(want.name): tuple(sorted(want.extras)) for want in asked
    }
    units = [
        _unit(package, file, roots) for package, file in _select(data, interpreter, where=where)
    ]
    if absent := sorted(roots.keys() - {unit.name for unit in units}):
        raise BadInput(f"the lock does not have {', '.join(absent)}", where=where)
    return tuple(sorted(units, key=lambda unit: unit.name))


def read_pylock(data: bytes, *, where: str) -> Pylock:
    """Parse and validate a `pylock.toml`."""
    try:
        return Pylock.from_dict(tomllib.loads(data.decode()))
    except (ValueError, PylockValidationError) as error:
        raise BadInput(f"not a valid pylock.toml: {error}", where=where) from error


def _select(
    data: bytes, interpreter: Interpreter, *, where: str
) -> Iterator[tuple[Package, PackageWheel | PackageSdist]]:
    document = read_pylock(data, where=where)
    environment = cast("Environment", interpreter.markers)
    try:
        chosen = list(document.select(environment=environment, tags=interpreter.tags))
    except PylockSelectError as error:
        raise Outside(
            f"no file for this Python: {error}",
            where=where,
            hint="another version of the product, or another Python, may have one",
        ) from error
    for package, file in chosen:
        if not isinstance(file, PackageWheel | PackageSdist) or package.version is None:
            raise BadInput(
                f"{package.name} does not come from an index",
                where=where,
                hint="a release holds only what an index serves as a wheel or an sdist",
            )
        yield package, file


def _unit(
    package: Package, file: PackageWheel | PackageSdist, roots: Mapping[str, tuple[str, ...]]
) -> Unit:
    sha256 = file.hashes.get("sha256")
    if not sha256 or not file.url:
        raise Outside(
            f"the index gives no sha256 for {file.filename}",
            where=package.name,
            hint="use an index that gives one (PEP 503 `#sha256=`)",
        )
    version = str(package.version)
    return Unit(
        name=package.name,
        version=version,
        purl=PackageURL(type="pypi", name=package.name, version=version).to_string(),
        filename=file.filename,
        sha256=sha256.lower(),
        length=file.size if file.size is not None else _local_length(file.url),
        url=file.url,
        root=package.name in roots,
        extras=roots.get(package.name, ()),
    )


def _local_length(url: str) -> int | None:
    parts = urlsplit(url)
    try:
        return Path(unquote(parts.path)).stat().st_size if parts.scheme == "file" else None
    except OSError:
        return None


def requires_of(filenames: Iterable[str], interpreter: Interpreter) -> Requires:
    """Say what an installed copy of these wheels needs of a machine; sdists say nothing.

    The resolution was made for one minor version of Python (markers choose dependencies by it), so
    that is what the copy is for, also where every wheel would go further.
    """
    platforms = {
        platform
        for filename in filenames
        if filename.endswith(".whl")
        and (platform := least(parse_wheel_filename(filename)[3], interpreter))
    }
    return Requires(
        python=f"=={interpreter.series}.*",
        implementation=interpreter.implementation,
        platforms=tuple(sorted(platforms)),
    )


def constraints_text(units: Iterable[Unit], old: str) -> str:
    """Return a constraints file with the exact versions of all units; keeps the header comment."""
    header: list[str] = []
    for line in old.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            break
        header.append(line)
    if not "".join(header).strip():
        header = [
            "# Exact versions of everything in this stack; `peso deliver --upgrade` moves them."
        ]
    pins = sorted(f"{unit.name}=={unit.version}" for unit in units)
    return "\n".join([*header, *pins]) + "\n"


def unpinned(units: Iterable[Unit], constraints: str) -> tuple[str, ...]:
    """Return the names of the units that a constraints file does not pin exactly."""
    pinned: set[str] = set()
    for line in constraints.splitlines():
        try:
            requirement = Requirement(line.partition(" #")[0].strip())
        except InvalidRequirement:
            continue  # an option, a comment or an empty line; uv judges what it means
        if any(each.operator in {"==", "==="} for each in requirement.specifier):
            pinned.add(canonicalize_name(requirement.name))
    return tuple(unit.name for unit in units if unit.name not in pinned)
