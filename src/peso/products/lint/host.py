"""The machine externals are looked for on: which paths and modules are there.

It looks at the file system and at `MODULEPATH`, which is handed in; it starts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class Host(Struct, frozen=True, kw_only=True):
    """A machine to look at."""

    variables: Mapping[str, str]

    def there(self, path: str) -> bool:
        """Say whether a path is there."""
        try:
            return Path(path).exists()
        except (OSError, ValueError):
            return False

    @property
    def module_folders(self) -> tuple[Path, ...]:
        """The folders of module files; none where no module system is set up."""
        said = self.variables.get("MODULEPATH", "")
        return tuple(Path(one) for one in said.split(":") if one)

    def module_there(self, name: str) -> bool:
        """Say whether a module file is there, in Tcl's or Lua's form, or a folder of versions."""
        return any(
            self.there(f"{folder}/{name}{end}")
            for folder in self.module_folders
            for end in ("", ".lua")
        )
