"""Picking: the one manifest that is asked for, of all a publication names, with the fewest fetched.

1. A release is chosen by the label that its channel puts beside its manifest's digest. A label
   says the release of its target's path, else it is refused (`swapped`): its text is as bounded as
   a path then, and one that is not chosen cannot lie to be overlooked.
2. A target without a label was signed by an earlier PESO. Its manifest is fetched, proven, and
   asked instead; first of those alone whose path may be what is meant. Where that does not do, the
   others are fetched too, so that the answer lists all there are.
3. A manifest that has to be asked and is not proven makes it a no: the newest may be that one.

What is picked is proven as a file. What it says, its caller reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tuf.api.metadata import TargetFile

from peso.errors import BadInput, Reason, Refused
from peso.services.delivery.facility.choice import Meant, Named
from peso.services.delivery.facility.releases import read_release
from peso.services.delivery.facility.report import Doubt, NotProven, doubt
from peso.services.delivery.facility.target import Target
from peso.services.delivery.layout.labels import label_on
from peso.services.delivery.layout.places import target_path
from peso.services.delivery.manifest import release_target

Fetch = Callable[[str, TargetFile], Target]
"""Fetches the manifest that a role names, and proves it; raises `Refused`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A release that may be the one."""

    says: Named
    role: str
    target: TargetFile
    fetched: Target | None = None


def pick(named: Iterable[tuple[str, TargetFile]], meant: Meant, fetch: Fetch) -> Target:
    """Return the manifest of the release that is meant.

    Args:
        named: Every release's target, with the channel that names it.
        meant: What is asked for.
        fetch: Fetches a manifest.

    Raises:
        Refused: A label lies, a manifest that has to be asked is not proven, or there is none.
        BadInput: None, or more than one, is meant; lists the choices.
    """
    known: list[_Candidate] = []
    bare: list[tuple[str, TargetFile]] = []
    for role, target in named:
        label = label_on(role, target)
        if label is None:
            bare.append((role, target))
        elif target.path == release_target(label.channel, label.stack, label.version):
            known.append(_Candidate(says=label, role=role, target=target))
        else:
            where = target.path
            raise Refused("its label is of another release", where=where, reason=Reason.SWAPPED)
    known += _asked([one for one in bare if meant.may_be(one[1].path)], fetch)
    others = [one for one in bare if not meant.may_be(one[1].path)]
    try:
        chosen = _chosen(known, meant)
    except (BadInput, Refused):
        if not others:
            raise
        chosen = _chosen([*known, *_asked(others, fetch)], meant)
    return chosen.fetched or fetch(chosen.role, chosen.target)


def _chosen(known: Iterable[_Candidate], meant: Meant) -> _Candidate:
    """Choose; of equal versions always the same one, with labels or without."""
    ordered = sorted(known, key=lambda one: (one.role, one.target.path))
    return ordered[meant.of([one.says for one in ordered])]


def _asked(bare: Sequence[tuple[str, TargetFile]], fetch: Fetch) -> list[_Candidate]:
    """Fetch manifests, and let them say which releases they are."""
    found: list[_Candidate] = []
    doubts: list[Doubt] = []
    for role, target in bare:
        try:
            one = fetch(role, target)
            says = read_release(one).manifest
        except Refused as error:
            doubts.append(doubt(error, target_path(target.path, target)))
        else:
            found.append(_Candidate(says=says, role=role, target=target, fetched=one))
    if doubts:
        raise NotProven(doubts)
    return found
