"""The strict schema of CycloneDX 1.6, and whether a document meets it.

The schema is the one that cyclonedx-python-lib carries and its strict validator reads. It is
compiled by jsonschema-rs: E4S's inventory takes the library's own validator ten seconds and more,
and this one milliseconds (adr/0013). Tests hold the two against each other. Where the schema is not
found in the library, its own validator is asked: slower, never skipped.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

_FOLDER = files("cyclonedx") / "schema" / "_res"
_SCHEMA = "bom-1.6.SNAPSHOT.schema.json"
_REFERRED = ("spdx", "cryptography-defs", "jsf-0.82")
_PLACE = "http://cyclonedx.org/schema/"


def fault(document: dict[str, Any]) -> str | None:
    """Say why a document does not meet the strict schema, or None where it does."""
    try:
        schema = json.loads((_FOLDER / _SCHEMA).read_text("utf-8"))
        referred = [
            (f"{_PLACE}{name}", json.loads((_FOLDER / name).read_text("utf-8")))
            for name in (f"{one}.SNAPSHOT.schema.json" for one in _REFERRED)
        ]
    except FileNotFoundError:
        return slow_fault(document)
    from jsonschema_rs import Draft7, Draft7Validator, Registry  # noqa: PLC0415 - only to write

    validator = Draft7Validator(
        schema, registry=Registry(referred, draft=Draft7), validate_formats=True
    )
    first = next(iter(validator.iter_errors(document)), None)
    if first is None:
        return None
    return f"{'.'.join(str(step) for step in first.instance_path)}: {first.message[:300]}"


def slow_fault(document: dict[str, Any]) -> str | None:
    """Ask the library's own strict validator; says the same, and takes long."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415 - takes more than a second
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415 - as above

    found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))
    return None if found is None else str(found)
