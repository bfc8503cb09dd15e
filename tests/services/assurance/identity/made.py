"""Small entries, recipes and tables, made for each test; nothing of them is anybody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from peso.products.recipes.record import Recipe, Version
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.table import entry_of

SAID: dict[str, Any] = {
    "upstream": "https://forge.example/heron/heron",
    "cpe": ["heron:heron"],
    "evidence": ["recipe"],
    "reviewed": "2026-11-26",
    "by": "PESO security team",
}


def entry(name: str = "heron", **said: Any) -> Entry:  # noqa: ANN401 - as YAML says it
    """Return an entry; a field that is None is left out."""
    both = {**SAID, **said}
    return entry_of(name, {key: value for key, value in both.items() if value is not None})


def table(folder: Path, entries: dict[str, Any], file: str = "birds.yaml") -> Path:
    """Write a table; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # By way of JSON, or what is the same object twice would be an alias.
    data = json.loads(json.dumps({"schema": "peso.identity/1", "entries": entries}))
    (folder / file).write_text(yaml.safe_dump(data, sort_keys=False))
    return folder


def version(number: str, **said: Any) -> Version:  # noqa: ANN401 - any field of the record
    return Version(number=number, line=1, **said)


def recipe(name: str = "heron", **said: Any) -> Recipe:  # noqa: ANN401 - any field of the record
    given: dict[str, Any] = {
        "name": name,
        "namespace": "house",
        "repository": "house",
        "path": f"packages/{name}/package.py",
        "digest": "0" * 64,
        "class_name": name.title(),
        "line": 1,
        "git": "https://forge.example/heron/heron.git",
    }
    return Recipe(**{**given, **said})
