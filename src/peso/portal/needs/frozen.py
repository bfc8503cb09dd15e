"""Frozen rankings: made for an audience, kept as bytes, and never changed."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from peso.base.digest import sha256_bytes
from peso.partnerships.needs.looking import Looked, look
from peso.partnerships.needs.ranked import Weights
from peso.partnerships.needs.snapshot import export_of, freeze
from peso.partnerships.needs.visibility import ANYBODY, Role, Viewer
from peso.portal.needs.models import NeedSnapshot
from peso.portal.needs.reach import store_reach
from peso.portal.needs.seeing import view_of
from peso.portal.people.audit import record
from peso.portal.people.models import Account
from peso.portal.store.generation import NEEDS, changed, today

AUDIENCES = {"public": ANYBODY, "federation": Viewer(Role.FEDERATION)}


def freeze_now(audience: str, *, by: Account | None) -> NeedSnapshot:
    """Freeze the ranking that an audience sees today; it is ranked anew, from what is exported."""
    viewer = AUDIENCES[audience]
    exported = export_of(view_of(viewer).register, viewer, store_reach())
    data = exported.canonical()
    made = freeze(exported, Weights(), today(), sha256_bytes(data))
    snapshot = made.canonical()
    with transaction.atomic():
        changed(NEEDS)
        row = NeedSnapshot.objects.create(
            on=made.on,
            audience=audience,
            by=by,
            sha256=sha256_bytes(snapshot),
            snapshot=snapshot.decode(),
            export=data.decode(),
        )
        record("needs frozen", by=by, after={"audience": audience, "sha256": row.sha256})
    return row


def snapshots(viewer: Viewer) -> QuerySet[NeedSnapshot]:
    """Return the snapshots that somebody may see, the newest first."""
    rows = NeedSnapshot.objects.select_related("by").defer("snapshot", "export")
    if viewer == ANYBODY:
        return rows.filter(audience="public")
    return rows


def shown(row: NeedSnapshot) -> Looked:
    """Return a snapshot as it is looked at."""
    return look(row.snapshot)
