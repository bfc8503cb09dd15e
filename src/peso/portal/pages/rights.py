"""Who may do what: the table of permissions as a page, and why the reader may not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peso.portal.people.asking import person_of
from peso.portal.people.permissions import PERMISSIONS, may, rights
from peso.portal.people.roles import SCOPES, TWO_FACTORS, Kind, Role, Thing


@require_safe
def who_may(request: HttpRequest) -> HttpResponse:
    """Show it."""
    person = person_of(request)
    rows = []
    for right in rights():
        kinds = PERMISSIONS[right.name].of
        own = [one.thing for one in person.held if one.thing.kind in kinds]
        answers = [may(person, right.name, thing) for thing in (*own, Thing(kind=kinds[0]))]
        rows.append((right, next((one for one in answers if one.yes), answers[-1])))
    return render(
        request,
        "about/rights.html",
        {
            "roles": [(role, SCOPES.get(role, Kind.PORTAL), role in TWO_FACTORS) for role in Role],
            "rows": rows,
        },
    )
