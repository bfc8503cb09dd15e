"""What surrounds every page: the places one can go, and where the reader is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

import peso
from peso.portal.crawl import EXPORTED
from peso.portal.people.asking import person_of
from peso.portal.settings import CONFIG


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A place in the main navigation."""

    title: str
    path: str
    also: str = ""
    """Another beginning of addresses in it."""

    def holds(self, path: str) -> bool:
        """Say whether an address is in this room."""
        return path.startswith(self.path) or bool(self.also and path.startswith(self.also))


ROOMS: Final = (
    Room(title="Products", path="/products/"),
    Room(title="Releases", path="/releases/"),
    Room(title="Matrix", path="/matrix/"),
    Room(title="Stacks", path="/stacks/"),
    Room(title="Recipes", path="/recipes/"),
    Room(title="Needs", path="/needs/"),
    Room(title="Consortium", path="/consortium/", also="/groups/"),
    Room(title="Status", path="/status/"),
)


def around(request: HttpRequest) -> dict[str, object]:
    """Return what `base.html` needs."""
    return {
        "rooms": [(room, room.holds(request.path)) for room in ROOMS],
        "peso_version": peso.__version__,
        "canonical": f"{CONFIG.url}{request.path}",
        "portal_url": CONFIG.url,
        "exported": EXPORTED in request.META,
        "person": person_of(request),
    }
