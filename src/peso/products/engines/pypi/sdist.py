"""Source distributions: what building one needs, and the wheel that comes of it.

1. What is needed is read from `pyproject.toml` without running anything; it is resolved to wheels
   with digests while planning (`engine.py`), never while building.
2. The sdist is unpacked only by `base/files.py`, which refuses what could leave its folder.
3. The wheel is built alone: no network, no index, no configuration, only the locked wheels, each
   proven by digest. `SOURCE_DATE_EPOCH` is the date of the newest file in the sdist.
"""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from peso.base.files import extract, make_folder, remove_tree, write_atomic
from peso.base.ledger import Blobs
from peso.base.process import ToolFailed, run_tool
from peso.errors import BadInput, Outside
from peso.products.engines.port import Progress, Unit, Workbench
from peso.products.engines.pypi.uv import build_command, uv_environment

_LIMIT = 4 << 30
_LEGACY = ("setuptools>=40.8.0", "wheel")
_EARLIEST = int(datetime(1980, 1, 1, tzinfo=UTC).timestamp())
_BUILD_SECONDS = 3600.0


def unpack(unit: Unit, blobs: Blobs, folder: Path) -> Path:
    """Unpack a unit's sdist below a folder of its own; returns the project's folder."""
    into = folder / f"{unit.name}-{unit.version}"
    remove_tree(into)
    extract(blobs.path(unit.sha256), into, limit=_LIMIT)
    inside = list(into.iterdir())
    if len(inside) != 1 or not inside[0].is_dir():
        raise BadInput("an sdist holds one folder; this one does not", where=unit.filename)
    return inside[0]


def needs(project: Path, *, where: str) -> tuple[Requirement, ...]:
    """Return what building an unpacked project needs, as its `pyproject.toml` states it.

    A project built by setuptools also gets `wheel`: old versions ask for it only when they run.
    """
    try:
        told = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = {}
    except ValueError as error:
        raise BadInput(f"its pyproject.toml cannot be read: {error}", where=where) from error
    system = told.get("build-system", {})
    stated = system.get("requires", _LEGACY) if isinstance(system, dict) else None
    if not isinstance(stated, list | tuple):
        raise BadInput("`build-system.requires` is not a list", where=where)
    try:
        wanted = [Requirement(str(line)) for line in stated]
    except InvalidRequirement as error:
        said = str(error).splitlines()[0]
        raise BadInput(f"a build requirement cannot be read: {said}", where=where) from error
    if any(want.url for want in wanted):
        raise BadInput("a build requirement is a URL, which cannot be locked", where=where)
    names = {canonicalize_name(want.name) for want in wanted}
    if "setuptools" in names and "wheel" not in names:
        wanted.append(Requirement("wheel"))
    return tuple(wanted)


def source_date(archive: Path) -> int:
    """Return the date of the newest file in an sdist, in seconds since 1970; 1980 at least."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as found:
            dates = [datetime(*item.date_time, tzinfo=UTC) for item in found.infolist()]
        return int(max(dates).timestamp()) if dates else _EARLIEST
    with tarfile.open(archive) as tar:
        return int(max((member.mtime for member in tar), default=_EARLIEST))


def build_wheel(
    unit: Unit,
    build_units: Iterable[Unit],
    bench: Workbench,
    *,
    python: Path,
    environment: Mapping[str, str],
) -> Path:
    """Build the wheel of a unit's sdist from files in the blob store; returns its path.

    Raises:
        Outside: The build failed; what its backend said last is in the message.
    """
    folder = bench.work / "sdists" / f"{unit.name}-{unit.version}"
    remove_tree(folder)
    project = unpack(unit, bench.blobs, folder / "source")
    wheels, hashes = _lay_out(build_units, bench.blobs, folder)
    output = folder / "built"
    epoch = max(source_date(bench.blobs.path(unit.sha256)), _EARLIEST)
    try:
        run_tool(
            build_command(project, output, python, wheels=wheels, hashes=hashes),
            directory=folder,
            environment=uv_environment(
                environment,
                cache=bench.cache,
                more={"SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"},
            ),
            seconds=_BUILD_SECONDS,
            what=f"building {unit.name} {unit.version} from {unit.filename}",
            said=_teller(bench),
        )
    except ToolFailed as error:
        raise Outside(
            error.message,
            where=unit.filename,
            hint="it was built offline with only the packages its pyproject.toml names; choose a "
            "version that has a wheel for this Python, or one that states all it needs",
        ) from error
    return _the_wheel(output, unit)


def _lay_out(build_units: Iterable[Unit], blobs: Blobs, folder: Path) -> tuple[Path, Path]:
    """Lay out what a build may use: (the folder of its wheels, the file of their digests)."""
    wheels, hashes, pins = folder / "wheels", folder / "hashes.txt", []
    make_folder(wheels)
    for each in build_units:
        blobs.lay(each.sha256, wheels / each.filename)
        pins.append(f"{each.name}=={each.version} --hash=sha256:{each.sha256}\n")
    write_atomic(hashes, "".join(pins).encode())
    return wheels, hashes


def _teller(bench: Workbench) -> Callable[[str], None]:
    """Return what passes on the last line of a log, once each time it is another one."""
    last = ""

    def tell(line: str) -> None:
        nonlocal last
        if line and line != last:
            last = line
            bench.progress(Progress(done=0, total=0, line=line))

    return tell


def _the_wheel(output: Path, unit: Unit) -> Path:
    found = sorted(output.glob("*.whl"))
    try:
        [wheel] = found
        name, version, _, _ = parse_wheel_filename(wheel.name)
    except (ValueError, InvalidWheelFilename) as error:
        raise BadInput(f"building made {len(found)} wheels", where=unit.filename) from error
    if (name, str(version)) != (unit.name, unit.version):
        raise BadInput(
            f"building made {wheel.name}, not {unit.name} {unit.version}", where=unit.filename
        )
    return wheel
