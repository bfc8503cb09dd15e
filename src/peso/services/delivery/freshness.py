"""Freshness: how long each signature counts, and when it is due to be made again.

1. Every role has a life in days. What is signed at `now` expires a life later, to the second.
2. It is due when more than half of its life is gone, so that a publication that is looked after
   never runs out.
3. Channels, pages and the list of channels (TUF's `targets`) share one life.

Signs nothing and reads no clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from peso.base.record import Record

Days = Annotated[int, Field(ge=1, le=3650)]


class Freshness(Record):
    """The life of each role's signature, in days (`freshness` of `peso.yaml`)."""

    timestamp: Days = 7
    snapshot: Days = 30
    channel: Days = 180
    root: Days = 365

    def life(self, role: str) -> timedelta:
        """Return the life of a role's signature; every role that has no own life is a channel's."""
        days = {"root": self.root, "snapshot": self.snapshot, "timestamp": self.timestamp}
        return timedelta(days=days.get(role, self.channel))

    def expires(self, role: str, now: datetime) -> datetime:
        """Return when a signature made now expires; whole seconds, as TUF writes them."""
        return now.replace(microsecond=0) + self.life(role)

    def due(self, role: str, expires: datetime, now: datetime) -> bool:
        """Say whether more than half of the life is gone, or was cut short since."""
        return expires - now < self.life(role) / 2
