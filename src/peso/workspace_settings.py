"""What `peso.yaml` says, and the files of a new workspace. Opens nothing else, decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from peso.base.files import make_folder, write_atomic
from peso.base.record import Record
from peso.products.stack import Name
from peso.services.assurance.policy import own_policy_text
from peso.services.delivery.freshness import Freshness

FILE: Final = "peso.yaml"
MirrorName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]


class SpackSettings(Record):
    """Which Spack makes native parts here, and what it is told on top of its own configuration."""

    root: str | None = None
    """The root of a Spack, relative to this file; without it `PESO_SPACK`, then `PATH`."""
    mirrors: dict[MirrorName, str] = Field(default={})
    """Mirrors of sources or binaries, by name: a URL, or a folder relative to this file."""
    config: tuple[str, ...] = ()
    """Folders of Spack configuration (`packages.yaml`, …), relative to this file; the last one
    comes first."""


class Settings(Record):
    """What `peso.yaml` says of an organization's workspace."""

    schema_: Literal["peso.workspace/1"] = Field(alias="schema")
    name: Name = "workspace"
    channels: tuple[Name, ...] = ("testing", "stable")
    """The channels this organization signs for."""
    keys: str | None = None
    """The folder of the signing keys, outside any checkout; without it: development keys."""
    freshness: Freshness = Freshness()
    """For how many days each kind of metadata holds."""
    recipes: tuple[str, ...] = ()
    """Recipe repositories, the first comes first: folders, relative to this file, or
    `FOLDER@COMMIT`. What products and stacks are compared with, and native parts made from."""
    spack: SpackSettings = SpackSettings()
    """The Spack that makes native parts."""


def default_settings(name: str) -> Settings:
    """Return the settings of a stack that is in no workspace."""
    return Settings.model_validate({"schema": "peso.workspace/1", "name": name})


def new_workspace(root: Path) -> tuple[str, ...]:
    """Write a new workspace; what is there already is left alone."""
    texts = {
        FILE: _PESO_YAML.format(name=root.name or "workspace"),
        "policies/default.yaml": own_policy_text(),
        ".gitignore": ".peso/\n/public/\n/public.root.json\n",
        "stacks/README.md": "One folder for each stack, with its `stack.yaml`.\n",
        "platforms/README.md": "The machines stacks are made and tested on.\n",
        "products/README.md": "What this organization stewards.\n",
    }
    made = [path for path in texts if not (root / path).exists()]
    for path in made:
        make_folder((root / path).parent)
        write_atomic(root / path, texts[path].encode())
    return tuple(made)


_PESO_YAML = """\
schema: peso.workspace/1
name: {name}
# The channels this organization signs for.
channels: [testing, stable]
# The folder of the signing keys, outside any checkout; `peso keys init` makes them.
# Without it deliveries are signed with development keys, which every verifier refuses by default.
# keys: ~/.config/peso/keys/{name}
# The recipe repositories that products and stacks are compared with, the first comes first.
# recipes: [../spack-packages/repos/spack_repo/builtin]
# The Spack that makes native parts, where it is not PESO_SPACK or on PATH.
# spack:
#   root: ../spack
"""
