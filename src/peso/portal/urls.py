"""Every address of the portal, in one table."""

from __future__ import annotations

from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import SlugConverter
from django.views.decorators.http import require_safe

from peso.portal.api.routes import api
from peso.portal.pages import about, again, feeds, front, rights, status
from peso.portal.pages.consortium import showing as consortium
from peso.portal.pages.ecosystem import (
    compare,
    components,
    impact,
    logs,
    matrix,
    product,
    products,
    recipes,
    releases,
    stacks,
)
from peso.portal.pages.needs import bringing, doing, due, feed, reach
from peso.portal.pages.needs import showing as needs
from peso.portal.pages.needs.acts import SPOKEN, STEERED
from peso.portal.pages.people import (
    account,
    adding,
    changes,
    invitation,
    keys,
    office,
    proposals,
)
from peso.portal.people.addable import ADDABLE
from peso.portal.people.editable import EDITABLE
from peso.portal.settings import CONFIG


class WhatConverter(SlugConverter):
    """A kind of file that changes are proposed of."""

    regex = "|".join(EDITABLE)


class AddedConverter(SlugConverter):
    """A kind of file that new ones are proposed of."""

    regex = "|".join(ADDABLE)


class KindConverter(SlugConverter):
    """A kind of thing that has changes of its own."""

    regex = "|".join(changes.KINDS)


class NeedConverter(SlugConverter):
    """The id of a need."""

    regex = "n-[0-9a-f]{10}"


class SpokenConverter(SlugConverter):
    """What an organization says of a need."""

    regex = "|".join(SPOKEN)


class SteeredConverter(SlugConverter):
    """What those who run the register do about a need."""

    regex = "|".join(STEERED)


class FrozenConverter(SlugConverter):
    """A file of a frozen ranking."""

    regex = "snapshot|export"


def _elsewhere() -> list[URLPattern | URLResolver]:
    """Return the addresses of signing in elsewhere; none where the environment names nobody."""
    if not CONFIG.providers:
        return []
    return [
        path("account/3rdparty/", include("allauth.socialaccount.urls")),
        path("account/", include(build_provider_urlpatterns())),
    ]


register_converter(KindConverter, "kind")
register_converter(WhatConverter, "what")
register_converter(AddedConverter, "added")
register_converter(NeedConverter, "need")
register_converter(SpokenConverter, "spoken")
register_converter(SteeredConverter, "steered")
register_converter(FrozenConverter, "frozen")
_RELEASE = "releases/<str:channel>/<str:stack>/<str:version>"

urlpatterns = [
    path("", front.front, name="front"),
    path("products/", products.products, name="products"),
    path("products/<slug:slug>/", product.product, name="product"),
    path("products/<slug:slug>/schema.jsonld", feeds.schema_org, name="schema-org"),
    path("products/<slug:slug>/codemeta.json", feeds.code_meta, name="codemeta"),
    path("releases/", releases.releases, name="releases"),
    path(f"{_RELEASE}/", releases.release, name="release"),
    path(f"{_RELEASE}/units/", releases.units, name="units"),
    path(f"{_RELEASE}/units/<str:hash_>/", releases.unit, name="unit"),
    path(f"{_RELEASE}/tests/", releases.tests, name="tests"),
    path(f"{_RELEASE}/findings/", components.findings, name="findings"),
    path(f"{_RELEASE}/components/", components.components, name="components"),
    path("logs/<str:sha256>/", logs.log, name="log"),
    path("compare/", compare.compare, name="compare"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("stacks/", stacks.stacks, name="stacks"),
    path("stacks/<str:name>/", stacks.stack, name="stack"),
    path("recipes/", recipes.recipes, name="recipes"),
    path("recipes/<str:name>/", recipes.recipe, name="recipe"),
    path("impact/<str:name>/", impact.impact, name="impact"),
    path("consortium/", consortium.consortium, name="consortium"),
    path("consortium/due/", consortium.due_page, name="due"),
    path("consortium/organizations/<str:slug>/", consortium.organization, name="organization"),
    path("consortium/people/", consortium.people, name="consortium-people"),
    path("consortium/people/<str:slug>/", consortium.one_person, name="consortium-person"),
    path("groups/", consortium.groups, name="groups"),
    path("groups/<str:slug>/", consortium.group, name="group"),
    path("needs/", needs.needs, name="needs"),
    path("needs/new/", doing.raise_one, name="need-new"),
    path("needs/confirm/<str:token>/", doing.confirm, name="need-confirm"),
    path("needs/bring/", bringing.bring, name="needs-bring"),
    path("needs/bring/<slug:digest>/", bringing.brought, name="needs-brought"),
    path("needs/due/", due.due, name="needs-due"),
    path("needs/ranking/", needs.ranked, name="need-ranking"),
    path("needs/done/", needs.done, name="needs-done"),
    path("needs/agenda.md", needs.agenda_text, name="needs-agenda"),
    path("needs/briefs/<slug:slug>.md", needs.brief_text, name="needs-brief"),
    path("needs/snapshots/", needs.frozen, name="need-snapshots"),
    path("needs/snapshots/<int:number>/", needs.snapshot, name="need-snapshot"),
    path("needs/snapshots/<int:number>/<frozen:what>.json", needs.snapshot_file),
    path("needs/snapshots/<int:number>/compare/<int:other>/", needs.compared),
    path("needs/<need:need>/", needs.one_need, name="need"),
    path("needs/<need:need>/reach/", reach.reach, name="need-reach"),
    path("needs/<need:need>/follow/", doing.follow, name="need-follow"),
    path("needs/<need:need>/for/<slug:slug>/<spoken:name>/", doing.speak),
    path("needs/<need:need>/<steered:name>/", doing.steer),
    path("status/", status.status, name="status"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/releases.atom", require_safe(feeds.ReleaseFeed()), name="release-feed"),
    path("feeds/findings.atom", require_safe(feeds.FindingFeed()), name="finding-feed"),
    path("feeds/needs.atom", require_safe(feed.NeedFeed()), name="need-feed"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", feeds.section, name="sitemap-section"),
    path("api/", about.api, name="api-page"),
    path("api/v1/", api.urls),
    path("about/rights/", rights.who_may, name="rights"),
    path("account/", account.account, name="account"),
    path("account/changes/", account.changes, name="own-changes"),
    path("account/tokens/", keys.own_tokens, name="tokens"),
    path("account/tokens/<slug:key>/revoke/", keys.revoke_token, name="revoke-token"),
    path("account/reauthenticate/", again.by_password, name="account_reauthenticate"),
    path("account/2fa/reauthenticate/", again.by_code, name="mfa_reauthenticate"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    *_elsewhere(),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("runners/<slug:organization>/", keys.of_organization, name="runners"),
    path(
        "runners/<slug:organization>/<slug:key>/revoke/", keys.revoke_runner, name="revoke-runner"
    ),
    path("office/people/", office.people, name="people"),
    path("office/people/<slug:key>/", office.one_person, name="person"),
    path("office/invitations/", office.invited, name="invitations"),
    path("office/invitations/<slug:key>/withdraw/", office.withdraw, name="withdraw"),
    path("office/changes/", changes.changes, name="changes"),
    path("changes/<kind:kind>/<slug:slug>/", changes.changes_of, name="changes-of"),
    path("edit/<what:what>/<slug:slug>/", proposals.edit, name="edit"),
    path("add/<added:what>/<slug:organization>/", adding.add, name="add"),
    path("proposals/", proposals.several, name="proposals"),
    path("proposals/<int:number>/", proposals.proposal, name="proposal"),
    path("proposals/<int:number>.patch", proposals.patch, name="patch"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/conformance/", about.report, name="conformance"),
]
# Sign in, out, passwords, addresses, second factors, sessions: allauth's, in our templates.
handler400 = "peso.portal.pages.errors.bad_request"
handler403 = "peso.portal.pages.errors.forbidden"
handler429 = "peso.portal.pages.errors.too_many"
handler404 = "peso.portal.pages.errors.not_found"
handler500 = "peso.portal.pages.errors.fault"
