"""What Spack says is installed in a store: its own list, read as a file, without starting Spack.

1. The list is `<store>/.spack-db/index.json`. A store without one is empty: Spack writes it with
   the first unit that is there.
2. A unit is installed when the list says so and its folder is there. A folder alone may be half a
   build that was killed; a line alone is of a folder that somebody removed.
3. A list that cannot be read is an error that says so: to guess here would be to lie later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peso.errors import Outside

INDEX = Path(".spack-db") / "index.json"
_LIMIT = 1 << 30


def installed_in(store: Path) -> Mapping[str, str]:
    """Return the prefix of every installed unit of a store, by hash; externals are among them.

    Raises:
        Outside: The list is there and cannot be read.
    """
    index = store / INDEX
    try:
        with index.open("rb") as stream:
            data = stream.read(_LIMIT)
        installs = json.loads(data)["database"]["installs"]
        listed = {hash_: _prefix(one) for hash_, one in installs.items() if one["installed"]}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unreadable(index, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(index, "it is no list of Spack's") from error
    return {hash_: prefix for hash_, prefix in listed.items() if prefix and Path(prefix).is_dir()}


def _prefix(one: dict[str, Any]) -> str:
    path = one.get("path")
    return path if isinstance(path, str) else ""


def _unreadable(index: Path, why: str) -> Outside:
    return Outside(
        f"the list of what Spack has installed cannot be read: {why}",
        where=str(index),
        hint="`spack reindex` makes it anew; or remove the store: its units are built again",
    )
