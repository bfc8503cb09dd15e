"""The feed of public needs: what was raised last, and where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from peso.partnerships.needs.record import Held
from peso.partnerships.needs.visibility import ANYBODY
from peso.portal.needs.seeing import view_of
from peso.portal.settings import CONFIG
from peso.portal.visible import visible

_NEWEST: Final = 50


class NeedFeed(Feed):  # type: ignore[type-arg]
    """The public needs in which something happened last; whoever asks, no others."""

    feed_type = Atom1Feed
    title = "Needs"
    subtitle = "What the ecosystem is asked for, and what became of it."
    link = f"{CONFIG.url}/needs/"
    feed_url = f"{CONFIG.url}/feeds/needs.atom"
    author_name = "PESO portal"

    def items(self) -> list[Held]:
        """Return the newest."""
        rows = sorted(view_of(ANYBODY).register.needs, key=_moved, reverse=True)
        return rows[:_NEWEST]

    def item_title(self, item: Held) -> str:
        """Say what is asked, and where it stands."""
        return visible(f"{item.need.statement} ({item.status})")

    def item_description(self, item: Held) -> str:
        """Say what was answered or decided last, else more about it."""
        said = item.answers[-1].text if item.answers else ""
        said = said or (item.decisions[-1].reason if item.decisions else "") or item.need.detail
        return escape(visible(said))[:1000]

    def item_link(self, item: Held) -> str:
        """Return its page."""
        return f"{CONFIG.url}/needs/{item.id}/"

    def item_updateddate(self, item: Held) -> datetime:
        """Return when something happened to it last."""
        return _moved(item)


def _moved(held: Held) -> datetime:
    several = (held.decisions, held.links, held.answers, held.checks)
    return max((held.raised, *(one.on for rows in several for one in rows)))
