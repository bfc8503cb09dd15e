"""What `spack load --sh` prints, read as data: variables and their values. Nothing is executed.

1. Only lines `export NAME=VALUE;` count; a value is one word as a shell would read it, and a text
   that is none is refused. `$` in a value is a character like any other.
2. Everything is bounded: lines, the length of a value, the number of variables.
3. Spack's own book-keeping is left out, and so is what would change programs beside these products:
   the loader's preloads, the home folder, the shell.
4. Of a path of folders, each is there once, without those of the system: what is left is what the
   loaded units brought.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Final

from peso.errors import Outside

SYSTEM: Final = (
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
)
"""The `PATH` that Spack is asked with, so that what it prints has nothing of the caller's."""
_EXPORT = re.compile(r"export ([A-Za-z_][A-Za-z0-9_]*)=(.*?);?")
_MOST_BYTES: Final = 4 << 20
_MOST_VARIABLES: Final = 1_000
_LONGEST: Final = 128 << 10
_LEFT_OUT: Final = frozenset({"HOME", "SHELL", "USER", "PWD", "OLDPWD", "IFS", "ENV", "BASH_ENV"})
_LEFT_OUT_STARTS: Final = ("SPACK_", "LD_PRELOAD", "LD_AUDIT", "BASH_FUNC_")


def read_exports(text: str) -> Mapping[str, str]:
    """Return the variables that a shell would have set.

    Raises:
        Outside: It is not what Spack prints, or more than a user's environment can be.
    """
    if len(text) > _MOST_BYTES:
        raise _strange(f"more than {_MOST_BYTES >> 20} MiB")
    found: dict[str, str] = {}
    for line in text.splitlines():
        said = _EXPORT.fullmatch(line.strip())
        if said is None:
            continue
        name, value = said[1], _word(said[2], said[1])
        if name in _LEFT_OUT or name.startswith(_LEFT_OUT_STARTS):
            continue
        if name.endswith("PATH"):
            value = _folders(value, name)
        if value:
            found[name] = value
        if len(found) > _MOST_VARIABLES:
            raise _strange(f"more than {_MOST_VARIABLES} variables")
    return found


def _word(written: str, name: str) -> str:
    if len(written) > _LONGEST:
        raise _strange(f"a value of {name} of more than {_LONGEST >> 10} KiB")
    try:
        words = shlex.split(written)
    except ValueError as error:
        raise _strange(f"a value of {name} that is no word: {error}") from error
    if len(words) > 1 or "\0" in written:
        raise _strange(f"a value of {name} that is not one word")
    return words[0] if words else ""


def _folders(value: str, name: str) -> str:
    folders = dict.fromkeys(folder for folder in value.split(":") if folder)
    own = [one for one in folders if not (name == "PATH" and one in SYSTEM)]
    ends = ":" if name == "MANPATH" and own else ""  # an empty end is the system's own pages
    return ":".join(own) + ends


def _strange(what: str) -> Outside:
    return Outside(f"`spack load` printed {what}", hint="a recipe sets an unusual environment")
