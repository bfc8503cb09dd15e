"""The files that people may propose changes of: their text, as it was taken in.

1. Taken in is what the table of `people.editable` names, UTF-8, up to 256 KiB.
2. The text may have addresses in it, so no page shows it: it is what a patch is made of.
3. A file that changed settles the proposals made of it; one that went, goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.db import transaction

from peso.base.digest import sha256_bytes
from peso.portal.ingest.keep import slug_of
from peso.portal.people.editable import EDITABLE, thing_of
from peso.portal.people.proposals import File, settle
from peso.portal.store.generation import changed
from peso.portal.store.models import WorkspaceFile

_LARGEST: Final = 256 << 10
_LONGEST: Final = 120
"""Letters of a scope that are kept."""


@transaction.atomic
def take_files(workspace: Path, name: str) -> None:
    """Take in the texts of a workspace's files; those that are as before are left alone."""
    rows = WorkspaceFile.objects.filter(workspace=name)
    known = dict(rows.values_list("path", "digest"))
    seen = set()
    for what, kind in EDITABLE.items():
        for file in sorted((workspace / kind.folder).glob("*.yaml")):
            path, text = f"{kind.folder}/{file.name}", _text(file)
            if text is None:
                continue
            seen.add(path)
            digest = sha256_bytes(text.encode())
            if known.get(path) == digest:
                continue
            one, slug = File(workspace=name, path=path, text=text), slug_of(file.stem)
            scope = thing_of(what, slug, one.said).slug[:_LONGEST]
            said = {"what": what, "slug": slug, "scope": scope, "digest": digest, "text": text}
            WorkspaceFile.objects.update_or_create(workspace=name, path=path, defaults=said)
            settle(one)
            changed()
    rows.exclude(path__in=seen).delete()


def _text(file: Path) -> str | None:
    """Return a file's text, each line end as it is; None where it is not to be edited here."""
    if file.stat().st_size > _LARGEST:
        return None
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
