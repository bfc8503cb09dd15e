"""Labels: which release a manifest is of, said beside its digest where its channel names it.

One release can then be chosen without fetching the manifests of all others. The rules:

1. A label is stack, version and time as the manifest says them, signed by the channel's key like
   the digest. It serves to choose. What a release is its manifest says, and the two have to agree.
2. A target that an earlier PESO signed has no label, until its channel is signed again. Whoever
   chooses asks the manifest then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tuf.api.metadata import TargetFile

_CUSTOM = "custom"
"""Where TUF leaves room for what it does not judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Which release it is."""

    channel: str
    stack: str
    version: str
    created: datetime


def put_label(target: TargetFile, label: Label | None) -> TargetFile:
    """Return the target with a label; the target itself where there is none."""
    if label is None:
        return target
    said = {
        "stack": label.stack,
        "version": label.version,
        "created": label.created.isoformat(),
    }
    return TargetFile(target.length, target.hashes, target.path, {_CUSTOM: said})


def is_but_for_label(one: TargetFile, other: TargetFile) -> bool:
    """Say whether a target is another one, or is that with a label where it has none."""
    bare = TargetFile(one.length, one.hashes, one.path)
    return one == other or (other.custom is None and bare == other)


def label_on(role: str, target: TargetFile) -> Label | None:
    """Return the label on a target that a role names; None where it has none that can be read."""
    said: Any = target.custom
    match said:
        case {"stack": str(stack), "version": str(version), "created": str(created)}:
            when = _time(created)
            if when is not None:
                return Label(channel=role, stack=stack, version=version, created=when)
    return None


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None else None
