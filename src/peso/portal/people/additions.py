"""Proposing a new file: what it would be, and why not, before anything is kept.

1. Its people decide on it as on any proposal (`proposals.py`); nothing is there until it is merged.
2. A file that says the same already, or an open proposal that would, refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from peso.base.digest import sha256_bytes
from peso.portal.people.addable import Known, file_name, twins, wrong_with
from peso.portal.people.editable import EDITABLE, thing_of
from peso.portal.people.models import Proposal
from peso.portal.people.proposals import OPEN, File, NotProposedError
from peso.products.catalogs.editing import Wrong, added, patch_of


def drafted_new(  # noqa: PLR0913 - all that decides
    what: str,
    workspace: str,
    said: Mapping[str, Any],
    *,
    there: Iterable[File],
    taken: Iterable[str],
    known: Known,
) -> Proposal:
    """Return a proposal of a new file that is not kept yet, for its maker to look at.

    Args:
        what: The kind of file.
        workspace: Whose file it would be.
        said: What it would say.
        there: The workspace's files of this kind and organization: its twin would be one of them.
        taken: The paths of all of this kind.
        known: The names that lead somewhere.

    Raises:
        NotProposedError: With every fault, twins among them.
    """
    kind = EDITABLE[what]
    others = [(f"the file {one.path}", one.path, one.said) for one in there]
    others += [(f"proposal {one.pk}", one.path, one.wanted) for one in _waiting(what, workspace)]
    paths = (*taken, *(path for _, path, _ in others))
    name = file_name(what, said, (PurePosixPath(path).stem for path in paths))
    path = f"{kind.folder}/{name}.yaml"
    done = added(kind.model, path, said)
    doubled = (
        Wrong(key="", message=f"{where} says the same already")
        for where, _, other in others
        if twins(what, said, other)
    )
    if faults := (*done.wrong, *wrong_with(what, said, known), *doubled):
        raise NotProposedError(faults)
    thing = thing_of(what, name, said)
    return Proposal(
        what=what,
        slug=name,
        kind=thing.kind.value,
        scope=thing.slug,
        workspace=workspace,
        path=path,
        before="",
        after=sha256_bytes(done.text.encode()),
        wanted={key: value for key, value in said.items() if key != "schema"},
        patch=patch_of(path, None, done.text),
    )


def _waiting(what: str, workspace: str) -> Iterable[Proposal]:
    """Return the new files of a kind that are proposed, or accepted and not merged yet."""
    return Proposal.objects.filter(workspace=workspace, what=what, before="", state__in=OPEN)
