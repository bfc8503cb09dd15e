"""Did it help: what organizations are asked about, and where they answer.

Who may speak for organizations sees what these are asked; who runs the register sees all of it, and
who was reminded by mail.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.partnerships.needs.asked import MONTHS, asked
from peso.portal.needs.reminders import told
from peso.portal.needs.seeing import organizations_of
from peso.portal.pages.door import door
from peso.portal.pages.needs.showing import TRAIL, seen
from peso.portal.pages.paging import page_of
from peso.portal.people.asking import person_of
from peso.portal.people.permissions import may
from peso.portal.store.generation import today


@require_safe
@door("need.follow")
def due(request: HttpRequest) -> HttpResponse:
    """List what is due, the longest due first."""
    person = person_of(request)
    own, steers = organizations_of(person), may(person, "need.decide").yes
    every = asked(seen(request).register, today())
    page = page_of(request, [one for one in every if steers or one.organization in own])
    reminded = told(page["page"]) if steers else {}
    return render(
        request,
        "needs/due.html",
        {
            "trail": (TRAIL, ("Did it help?", "")),
            **page,
            "months": MONTHS,
            "steers": steers,
            "own": own,
            "rows": [
                (
                    one,
                    one.organization in own,
                    reminded.get((one.held.id, one.organization, one.due)),
                )
                for one in page["page"]
            ],
        },
    )
