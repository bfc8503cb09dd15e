"""The table of identities, read: from a Spack name to whose code it is.

The table is YAML that people review, a file for each theme, in `peso/data/identity`. It is read
here fast, for the machine: every scalar is text, and nothing is checked but that it can be read.
What people get wrong in it is told by `written.py` and `contradictions.py`, in tests and in
`peso identity check`.

1. A name that is not in the table is unknown: nobody reviewed it, so nothing is known of it.
2. The table is read once and kept for as long as its files stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

from peso.base.digest import sha256_bytes
from peso.base.files import disk
from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.services.assurance.identity.entry import Entry, Gap, Pair
from peso.services.assurance.identity.keys import SubjectKey, pypi_name

_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MOST_BYTES: Final = 4 << 20
_TEXTS: Final = (
    "upstream", "pypi", "vendor", "oss_fuzz", "scheme", "reviewed", "by", "note",
)  # fmt: skip
_LISTS: Final = ("also", "cpe", "tags", "evidence")


class Identity:
    """Every reviewed entry, by name and by key."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {one.name: one for one in entries}
        self._by_key: dict[SubjectKey, tuple[Entry, ...]] | None = None

    def of(self, spack_name: str) -> Entry | Unknown:
        """Return a package's entry; `spack_name` may have its namespace before it."""
        found = self._entries.get(spack_name.rpartition(".")[2])
        return found or Unknown(unknown=f"nobody has reviewed yet whose code {spack_name} is")

    def known_as(self, key: SubjectKey) -> tuple[Entry, ...]:
        """Return the entries that have a key; several where packages share their source."""
        if self._by_key is None:
            found: dict[SubjectKey, tuple[Entry, ...]] = {}
            for entry in self:
                for one in entry.keys:
                    found[one] = (*found.get(one, ()), entry)
            self._by_key = found
        return self._by_key.get(key, ())

    def __iter__(self) -> Iterator[Entry]:
        """All entries, by name."""
        return iter(sorted(self._entries.values(), key=lambda one: one.name))

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)


def table_folder() -> Path:
    """Return where PESO's own table is."""
    return Path(str(files("peso"))) / "data" / "identity"


def load_identity(folder: Path | None = None) -> Identity:
    """Return the reviewed table: PESO's own, or that of a folder.

    Raises:
        BadInput: A file is no table, or says a name again that another has said.
        Outside: The disk failed.
    """
    place = folder or table_folder()
    found = table_files(place)
    return _loaded(tuple((str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in found))


def table_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of a table, by name; raises `BadInput` where there are none."""
    found = tuple(sorted(folder.glob("*.yaml")))
    if not found:
        raise BadInput("there is no table of identities", where=str(folder))
    return found


@lru_cache(maxsize=4)
def _loaded(signatures: tuple[tuple[str, int, int], ...]) -> Identity:
    entries: dict[str, Entry] = {}
    for path, _, _ in signatures:
        for entry in _entries_of(Path(path)):
            if entry.name in entries:
                message = f"{entry.name} is in {entries[entry.name].file} too"
                raise BadInput(message, where=path, hint="keep one of the two")
            entries[entry.name] = entry
    return Identity(entries.values())


def _entries_of(path: Path) -> Iterator[Entry]:
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise BadInput(f"the file has more than {_MOST_BYTES} bytes", where=str(path))
    try:
        read = yaml.load(data, Loader=_LOADER)  # noqa: S506 - the base loader: texts only
        for name, said in read["entries"].items():
            yield entry_of(name, said, path.name)
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError) as error:
        hint = "`peso identity check` says what is wrong with it"
        raise BadInput(
            f"it is no table of identities: {error}", where=str(path), hint=hint
        ) from None


def table_digest(folder: Path | None = None) -> str:
    """Return the digest of a table's files: what a scan depends on."""
    return sha256_bytes(b"".join(one.read_bytes() for one in table_files(folder or table_folder())))


def entry_of(name: str, said: Mapping[str, Any], file: str = "") -> Entry:
    """Return an entry of its plain data, as it is written."""
    pypi = said.get("pypi", "")
    given = {one: said[one] for one in _TEXTS if one in said}
    given |= {one: tuple(said[one]) for one in _LISTS if one in said}
    if pypi:
        given["pypi"] = pypi_name(pypi)
    return Entry(
        name=name,
        file=file,
        more_purls=tuple(said.get("purls", ())),
        osv=tuple(
            Pair(name=space, value=one)
            for space, some in said.get("osv", {}).items()
            for one in some
        ),
        gaps=tuple(
            Gap(field=field, kind=kind, reason=reason)
            for kind in ("none", "unknown")
            for field, reason in said.get(kind, {}).items()
        ),
        shared=_pairs(said, "shared"),
        never=_pairs(said, "never"),
        **given,
    )


def _pairs(said: Mapping[str, Any], field: str) -> tuple[Pair, ...]:
    return tuple(Pair(name=one, value=why) for one, why in said.get(field, {}).items())
