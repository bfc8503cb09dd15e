"""Needs: the list, one need, the ranking, frozen rankings, and what became of what was asked.

1. Each page is made of what its reader may see, and of nothing else; a need that is hidden answers
   as one that never was.
2. A ranking says every term, how sure it is, and that ties are ties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from peso.errors import BadInput
from peso.partnerships.needs.asked import check_due, delivered_on
from peso.partnerships.needs.brief import FIRST, agenda, brief, score
from peso.partnerships.needs.compare import compare
from peso.partnerships.needs.looking import LookedNeed
from peso.partnerships.needs.ranked import Ranked, Weights
from peso.partnerships.needs.reach import wanted
from peso.partnerships.needs.record import Held
from peso.partnerships.needs.shares import choose
from peso.partnerships.needs.visibility import STEWARD
from peso.partnerships.needs.vocabulary import PUBLIC, Status
from peso.portal.needs.frozen import freeze_now, shown, snapshots
from peso.portal.needs.models import NeedSnapshot
from peso.portal.needs.reach import reached, store_reach
from peso.portal.needs.seeing import fits, organizations_of, view_of, viewer_of
from peso.portal.needs.worked import View
from peso.portal.pages.door import refused
from peso.portal.pages.needs.acts import SPOKEN, STEERED
from peso.portal.pages.needs.forms import FindForm, FreezeForm
from peso.portal.pages.paging import page_of
from peso.portal.people.asking import account_of, person_of
from peso.portal.people.permissions import may
from peso.portal.store.generation import today

_DONE: Final = (Status.DELIVERED, Status.ANSWERED)
_ALIKE: Final = 5
_MOST: Final = 1_000_000
_RANKED: Final = 25
_TOLD: Final = 200
"""Of so many needs that moved it is told why."""
TRAIL: Final = ("Needs", "/needs/")
MARKDOWN: Final = "text/markdown; charset=utf-8"


def seen(request: HttpRequest) -> View:
    """Return the register as who asks sees it."""
    return view_of(viewer_of(person_of(request)))


def found(request: HttpRequest, need: str) -> tuple[View, Held]:
    """Return a need that who asks may see, with the view it is in."""
    view = seen(request)
    held = view.find(need)
    if held is None:
        raise Http404("There is no such need.")
    return view, held


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """List needs, the newest first, by words, status, kind, product and organization."""
    view, form = seen(request), FindForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    rows = _wanted(view.register.needs, said)
    rows.sort(key=lambda one: (one.raised, one.id), reverse=True)
    ranks = view.standing(today()).ranks
    shown = page_of(request, rows)
    return render(
        request,
        "needs/list.html",
        {
            **shown,
            "form": form,
            "steers": may(person_of(request), "need.decide").yes,
            "total": len(view.register.needs),
            "rows": [(one, ranks.get(one.id), _backed(view, one)) for one in shown["page"]],
        },
    )


def _backed(view: View, held: Held) -> int:
    return len(view.register.supporters(held.id))


def _wanted(rows: Iterable[Held], said: dict[str, Any]) -> list[Held]:
    """Return the needs that fit what was asked for; what was not asked for costs nothing."""
    tests: list[Callable[[Held], bool]] = []
    if status := said.get("status"):
        tests.append(lambda one: one.status == status)
    if kind := said.get("kind"):
        tests.append(lambda one: one.need.kind == kind)
    if product := said.get("product", "").lower():
        tests.append(lambda one: product in (it.lower() for it in one.need.products))
    if slug := said.get("organization", ""):
        tests.append(lambda one: slug in _asking(one))
    if words := said.get("q", "").casefold().split()[:8]:
        tests.append(lambda one: fits(one, words))
    return [one for one in rows if all(test(one) for test in tests)]


def _asking(held: Held) -> Iterator[str]:
    """Yield the organizations that raised or endorsed a need."""
    if held.need.raised_by.organization:
        yield held.need.raised_by.organization.slug
    yield from (one.organization.slug for one in held.endorsements)


@require_safe
def one_need(request: HttpRequest, need: str) -> HttpResponse:
    """Show one need: who asks for it, why it stands where it stands, what became of it."""
    view, held = found(request, need)
    person = person_of(request)
    steers = may(person, "need.decide").yes
    head = view.register.root(held.id)
    standing = view.standing(today())
    at = standing.find(held.id)
    account, products = account_of(request), wanted(held.need.products)
    return render(
        request,
        "needs/need.html",
        {
            "products": reached(products),
            "count_reached": store_reach().of(products),
            "trail": (TRAIL, (held.id, "")),
            "one": held,
            "need": held.need,
            "head": head if head.id != held.id else None,
            "family": view.register.family(held.id)[1:],
            "supporters": view.register.supporters(held.id),
            "ranked": _shown(at, standing.weights) if at else None,
            "count": len(standing),
            "alike": _alike(view, held),
            "check_due": check_due(held),
            "spoken": [
                (
                    slug,
                    [(name, act.title) for name, act in SPOKEN.items() if act.offered(held, slug)],
                )
                for slug in organizations_of(person)
            ],
            "steered": [
                (name, act.title)
                for name, act in STEERED.items()
                if steers and act.offered(held, "")
            ],
            "follows": bool(account) and _follows(view, held, account.key if account else ""),
        },
    )


def _follows(view: View, held: Held, key: str) -> bool:
    """Say whether somebody follows a need: of the whole register, for a view names no followers."""
    whole = view_of_everything().find(held.id)
    return whole is not None and view.find(held.id) is not None and key in whole.followers


def view_of_everything() -> View:
    """Return the register as a whole; what it says of others is shown to nobody."""
    return view_of(STEWARD)


def _alike(view: View, held: Held) -> list[tuple[Held, int, str]]:
    rows = []
    for one in view.likeness().to(held.need)[:_ALIKE]:
        other = view.find(one.other if one.one == held.id else one.one)
        if other is not None and view.register.root(other.id) != view.register.root(held.id):
            rows.append((other, one.likeness // 10, ", ".join((*one.products, *one.words))))
    return rows


def _shown(one: Ranked | LookedNeed, weights: Weights, visibility: str = PUBLIC) -> dict[str, Any]:
    """Return a need of a ranking as pages show it."""
    total = sum(weights.values)
    return {
        "one": one,
        "visibility": visibility,
        "middle": score(one.low + one.high, one.low + one.high, 2 * total),
        "score": score(one.low, one.high, total),
        "parts": [(part, score(part.low, part.high, total)) for part in one.parts],
    }


@require_safe
def ranked(request: HttpRequest) -> HttpResponse:
    """Show the ranking with lanes, terms and how sure it is; and a set under a budget."""
    view, day = seen(request), today()
    standing = view.standing(day)
    shown = page_of(request, standing, _RANKED)
    days = request.GET.get("days", "").strip()
    chosen = no = None
    if days:
        if days.isascii() and days.isdigit() and 0 < int(days) <= _MOST:
            chosen = choose(view.register, int(days))
        else:
            no = "Give the budget as a whole number of person-days."
    return render(
        request,
        "needs/ranking.html",
        {
            "trail": (TRAIL, ("Ranking", "")),
            **shown,
            "day": day,
            "weights": standing.weights.plain(),
            "rows": [
                _shown(one, standing.weights, view.register.get(one.id).need.visibility)
                for one in shown["page"]
            ],
            "days": days[:10],
            "chosen": chosen,
            "no": no,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def frozen(request: HttpRequest) -> HttpResponse:
    """List frozen rankings; whoever may decide freezes one here."""
    person = person_of(request)
    answer = may(person, "need.decide")
    made, form = None, FreezeForm(request.POST or None)
    if request.method == "POST":
        if not answer.yes:
            return refused(request, answer.why)
        if form.is_valid():
            made = freeze_now(form.cleaned_data["audience"], by=account_of(request))
    rows = snapshots(viewer_of(person))
    shown = page_of(request, rows)
    several = list(shown["page"])
    return render(
        request,
        "needs/snapshots.html",
        {
            "trail": (TRAIL, ("Frozen rankings", "")),
            **shown,
            "pairs": list(zip_longest(several, several[1:])),
            "form": form if answer.yes else None,
            "made": made,
        },
    )


def _snapshot(request: HttpRequest, number: int) -> NeedSnapshot:
    return get_object_or_404(snapshots(viewer_of(person_of(request))).defer(None), pk=number)


@require_safe
def snapshot(request: HttpRequest, number: int) -> HttpResponse:
    """Show a frozen ranking, and how anybody makes it again."""
    row = _snapshot(request, number)
    one = shown(row)
    page = page_of(request, one.needs, _RANKED)
    return render(
        request,
        "needs/snapshot.html",
        {
            "trail": (TRAIL, ("Frozen rankings", "/needs/snapshots/"), (f"of {one.on}", "")),
            **page,
            "row": row,
            "one": one,
            "rows": [_shown(it, one.weights) for it in page["page"]],
        },
    )


@require_safe
def snapshot_file(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Return a snapshot, or its export, as the bytes that were frozen."""
    row = _snapshot(request, number)
    data = row.snapshot if what == "snapshot" else row.export
    return _download(data, f"{what}-{row.on}-{row.pk}.json", "application/json")


def _download(text: str, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def compared(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Show what moved between two frozen rankings, and why."""
    before, now = sorted(
        (_snapshot(request, number), _snapshot(request, other)), key=lambda it: it.pk
    )
    try:
        changed, no = compare(shown(before), shown(now), most=_TOLD), ""
    except BadInput as error:
        changed, no = None, error.message
    trail = (TRAIL, ("Frozen rankings", "/needs/snapshots/"), ("What moved", ""))
    said = {"trail": trail, "before": before, "now": now, "changed": changed, "no": no}
    return render(request, "needs/compare.html", said)


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Show what was asked and done, and what was refused and why."""
    view = seen(request)
    several = [one for one in view.register.needs if one.status in _DONE]
    several.sort(key=lambda one: (str(delivered_on(one)), one.id), reverse=True)
    no = [one for one in view.register.needs if one.status is Status.REFUSED]
    page = Paginator(several, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "needs/done.html",
        {
            "trail": (TRAIL, ("You asked, we did", "")),
            "page": page,
            "kept": "",
            "rows": [(one, delivered_on(one), view.register.supporters(one.id)) for one in page],
            "refused": no[-50:],
        },
    )


@require_safe
def agenda_text(request: HttpRequest) -> HttpResponse:
    """Return what is to be decided, as Markdown; with what moved since the newest snapshot."""
    view, day = seen(request), today()
    text = agenda(view.register, view.standing(day).ranking(FIRST))
    return _download(text, f"agenda-{day}.md", MARKDOWN)


@require_safe
def brief_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Return what concerns one organization, as Markdown: of what who asks may see."""
    view, day = seen(request), today()
    text = brief(view.register, view.standing(day).ranks, day, slug)
    return _download(text, f"brief-{slug}-{day}.md", MARKDOWN)
