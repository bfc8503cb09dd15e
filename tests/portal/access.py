"""Who may reach what: every address of the portal, written down apart from the code.

A new address is a new line here, or the test of the matrix fails. `form` is who may see a page, and
`sent` who may send to it; nobody, unless said. What is sent is empty, so that nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

EVERYBODY: Final = frozenset(
    {
        "visitor",
        "user",
        "product maintainer",
        "member liaison",
        "facility",
        "working-group chair",
        "steering committee",
        "administrator",
        "administrator without a second factor",
        "another's maintainer",
        "somebody whose roles have ended",
    }
)
USERS: Final = EVERYBODY - {"visitor"}
VISITOR: Final = frozenset({"visitor"})
STEERING: Final = frozenset({"steering committee", "administrator"})
ADMINISTRATOR: Final = frozenset({"administrator"})
FACILITY: Final = ADMINISTRATOR | {"facility"}
NOBODY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may reach one address."""

    at: str
    """An example of it; `{person}` is a person's key, `{invitation}` an invitation's."""
    form: frozenset[str] = EVERYBODY
    sent: frozenset[str] = NOBODY
    put: bool = False
    """Whether it takes PUT as POST, as Django's form views do."""
    rest: frozenset[str] = NOBODY
    """Who gets a page for PATCH and DELETE too, where it only says that there is nothing."""


def _open(at: str) -> Access:
    return Access(at=at)


def _form(at: str, who: frozenset[str], sent: frozenset[str] | None = None) -> Access:
    """Return one of allauth's pages with a form."""
    return Access(at=at, form=who, sent=who if sent is None else sent, put=True)


_RELEASE = "releases/<str:channel>/<str:stack>/<str:version>"
_TINY = "/releases/testing/tiny/1.2"
_API_RELEASE = "api/v1/releases/<channel>/<stack>/<version>"
PUBLIC: Final = {
    "": _open("/"),
    "products/": _open("/products/"),
    "products/<slug:slug>/": _open("/products/hypre/"),
    "products/<slug:slug>/schema.jsonld": _open("/products/hypre/schema.jsonld"),
    "products/<slug:slug>/codemeta.json": _open("/products/hypre/codemeta.json"),
    "releases/": _open("/releases/"),
    f"{_RELEASE}/": _open(f"{_TINY}/"),
    f"{_RELEASE}/units/": _open(f"{_TINY}/units/"),
    f"{_RELEASE}/units/<str:hash_>/": _open(f"{_TINY}/units/none/"),
    f"{_RELEASE}/tests/": _open(f"{_TINY}/tests/"),
    f"{_RELEASE}/findings/": _open(f"{_TINY}/findings/"),
    f"{_RELEASE}/components/": _open(f"{_TINY}/components/"),
    "logs/<str:sha256>/": _open(f"/logs/{'0' * 64}/"),
    "compare/": _open("/compare/"),
    "matrix/": _open("/matrix/"),
    "stacks/": _open("/stacks/"),
    "stacks/<str:name>/": _open("/stacks/faulty/"),
    "recipes/": _open("/recipes/"),
    "recipes/<str:name>/": _open("/recipes/hypre/"),
    "impact/<str:name>/": _open("/impact/hypre/"),
    "consortium/": _open("/consortium/"),
    "consortium/due/": _open("/consortium/due/"),
    "consortium/organizations/<str:slug>/": _open("/consortium/organizations/pond/"),
    "consortium/people/": _open("/consortium/people/"),
    "consortium/people/<str:slug>/": _open("/consortium/people/none/"),
    "groups/": _open("/groups/"),
    "groups/<str:slug>/": _open("/groups/none/"),
    "api/v1/consortium": _open("/api/v1/consortium"),
    "api/v1/consortium/organizations": _open("/api/v1/consortium/organizations"),
    "api/v1/consortium/organizations/<slug>": _open("/api/v1/consortium/organizations/none"),
    "api/v1/consortium/people": _open("/api/v1/consortium/people"),
    "api/v1/consortium/people/<slug>": _open("/api/v1/consortium/people/none"),
    "api/v1/consortium/due": _open("/api/v1/consortium/due"),
    "api/v1/groups": _open("/api/v1/groups"),
    "api/v1/groups/<slug>": _open("/api/v1/groups/none"),
    "api/v1/account": Access(at="/api/v1/account", form=NOBODY),
    "api/v1/runners/<slug>": Access(at="/api/v1/runners/pond", form=NOBODY),
    "api/v1/runners/<slug>/<key>/revoke": Access(
        at="/api/v1/runners/pond/none/revoke", form=NOBODY
    ),
    "api/v1/push": Access(at="/api/v1/push", form=NOBODY),  # a signature opens it
    "status/": _open("/status/"),
    "feeds/": _open("/feeds/"),
    "feeds/releases.atom": _open("/feeds/releases.atom"),
    "feeds/findings.atom": _open("/feeds/findings.atom"),
    "robots.txt": _open("/robots.txt"),
    "sitemap.xml": _open("/sitemap.xml"),
    "sitemap-<slug:section>.xml": _open("/sitemap-products.xml"),
    "api/": _open("/api/"),
    "api/v1/": Access(at="/api/v1/", sent=EVERYBODY, put=True),  # there is nothing
    "api/v1/openapi.json": Access(
        at="/api/v1/openapi.json", sent=EVERYBODY, put=True, rest=EVERYBODY
    ),
    "api/v1/products": _open("/api/v1/products"),
    "api/v1/products/<slug>": _open("/api/v1/products/hypre"),
    "api/v1/releases": _open("/api/v1/releases"),
    _API_RELEASE: _open(f"/api/v1{_TINY}"),
    f"{_API_RELEASE}/units": _open(f"/api/v1{_TINY}/units"),
    f"{_API_RELEASE}/tests": _open(f"/api/v1{_TINY}/tests"),
    "api/v1/recipes": _open("/api/v1/recipes"),
    "api/v1/recipes/<name>": _open("/api/v1/recipes/hypre"),
    "api/v1/recipes/<name>/dependents": _open("/api/v1/recipes/hypre/dependents"),
    "api/v1/stacks": _open("/api/v1/stacks"),
    "api/v1/stacks/<name>": _open("/api/v1/stacks/faulty"),
    "api/v1/sources": _open("/api/v1/sources"),
    "api/v1/needs": _open("/api/v1/needs"),
    "api/v1/needs/<need>": _open("/api/v1/needs/none"),
    "api/v1/needs-ranking": _open("/api/v1/needs-ranking"),
    "api/v1/needs-snapshots/<number>": _open("/api/v1/needs-snapshots/1"),
    "api/v1/needs-snapshots/<number>/export": _open("/api/v1/needs-snapshots/1/export"),
    "feeds/needs.atom": _open("/feeds/needs.atom"),
    "about/accessibility/": _open("/about/accessibility/"),
    "about/conformance/": _open("/about/conformance/"),
    "about/rights/": _open("/about/rights/"),
}
SIGNING_IN: Final = {
    "account/login/": _form("/account/login/", EVERYBODY),
    "account/logout/": Access(at="/account/logout/", sent=EVERYBODY),
    "account/inactive/": _open("/account/inactive/"),
    "account/signup/": Access(at="/account/signup/", sent=EVERYBODY, put=True, rest=VISITOR),
    "account/reauthenticate/": _form("/account/reauthenticate/", USERS),
    "account/reauthenticate/code/": Access(at="/account/reauthenticate/code/", form=NOBODY),
    "account/reauthenticate/code/confirm/": Access(
        at="/account/reauthenticate/code/confirm/", form=NOBODY
    ),
    "account/email/": _form("/account/email/", USERS),
    "account/confirm-email/": _open("/account/confirm-email/"),
    "account/password/change/": _form("/account/password/change/", USERS),
    "account/password/set/": _form("/account/password/set/", USERS),
    "account/password/reset/": _form("/account/password/reset/", EVERYBODY),
    "account/login/code/confirm/": _form("/account/login/code/confirm/", USERS),
    r"account/^confirm-email/(?P<key>[-:\w]+)/$": Access(
        at="/account/confirm-email/none/", sent=EVERYBODY
    ),
    "account/password/reset/key/done/": _open("/account/password/reset/key/done/"),
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Access(
        at="/account/password/reset/key/1-none/", sent=EVERYBODY, put=True, rest=EVERYBODY
    ),
    "account/password/reset/done/": _open("/account/password/reset/done/"),
    "account/2fa/": Access(at="/account/2fa/", form=USERS),
    "account/2fa/authenticate/": _form("/account/2fa/authenticate/", USERS),
    "account/2fa/reauthenticate/": _form("/account/2fa/reauthenticate/", USERS),
    "account/2fa/totp/activate/": _form("/account/2fa/totp/activate/", USERS),
    "account/2fa/totp/deactivate/": _form("/account/2fa/totp/deactivate/", USERS),
    "account/2fa/recovery-codes/": Access(at="/account/2fa/recovery-codes/", form=USERS),
    "account/2fa/recovery-codes/generate/": _form("/account/2fa/recovery-codes/generate/", USERS),
    "account/2fa/recovery-codes/download/": _form("/account/2fa/recovery-codes/download/", USERS),
    "account/sessions/": _form("/account/sessions/", USERS),
}
OWN: Final = {
    "account/": Access(at="/account/", form=USERS, sent=USERS),
    "account/tokens/": Access(at="/account/tokens/", form=USERS, sent=USERS),
    "account/tokens/<slug:key>/revoke/": Access(
        at="/account/tokens/none/revoke/", form=NOBODY, sent=USERS
    ),
    "runners/<slug:organization>/": Access(
        at="/runners/pond/", form=STEERING | {"facility", "member liaison"}, sent=FACILITY
    ),
    "runners/<slug:organization>/<slug:key>/revoke/": Access(
        at="/runners/pond/none/revoke/", form=NOBODY, sent=FACILITY
    ),
    "account/changes/": Access(at="/account/changes/", form=USERS),
    "invitation/<str:token>/": Access(at="/invitation/none/", sent=EVERYBODY),
    "changes/<kind:kind>/<slug:slug>/": Access(
        at="/changes/product/hypre/", form=STEERING | {"product maintainer"}
    ),
}
MAY_PROPOSE: Final = frozenset({"product maintainer", "member liaison", "administrator"})
PROPOSALS: Final = {
    "edit/<what:what>/<slug:slug>/": Access(
        at="/edit/product/hypre/", form=MAY_PROPOSE, sent=MAY_PROPOSE
    ),
    "add/<added:what>/<slug:organization>/": Access(
        at="/add/liaison/pond/",
        form=ADMINISTRATOR | {"member liaison"},
        sent=ADMINISTRATOR | {"member liaison"},
    ),
    "proposals/": Access(at="/proposals/", form=USERS),
    "proposals/<int:number>/": Access(at="/proposals/0/", form=USERS, sent=USERS),
    "proposals/<int:number>.patch": Access(at="/proposals/0.patch", form=USERS),
}
OFFICE: Final = {
    "office/people/": Access(at="/office/people/", form=STEERING),
    "office/people/<slug:key>/": Access(
        at="/office/people/{person}/", form=STEERING, sent=ADMINISTRATOR
    ),
    "office/invitations/": Access(
        at="/office/invitations/", form=ADMINISTRATOR, sent=ADMINISTRATOR
    ),
    "office/invitations/<slug:key>/withdraw/": Access(
        at="/office/invitations/{invitation}/withdraw/", form=NOBODY, sent=ADMINISTRATOR
    ),
    "office/changes/": Access(at="/office/changes/", form=STEERING),
}
_NEED: Final = "needs/n-0000000000"
NEEDS: Final = {
    "needs/": _open("/needs/"),
    "needs/new/": Access(at="/needs/new/", sent=EVERYBODY),
    "needs/confirm/<str:token>/": Access(at="/needs/confirm/none/", sent=EVERYBODY),
    "needs/bring/": Access(at="/needs/bring/", form=STEERING, sent=STEERING),
    "needs/bring/<slug:digest>/": Access(at="/needs/bring/none/", form=STEERING, sent=STEERING),
    "needs/due/": Access(at="/needs/due/", form=USERS),
    "needs/ranking/": _open("/needs/ranking/"),
    "needs/done/": _open("/needs/done/"),
    "needs/agenda.md": _open("/needs/agenda.md"),
    "needs/briefs/<slug:slug>.md": _open("/needs/briefs/pond.md"),
    "needs/snapshots/": Access(at="/needs/snapshots/", sent=STEERING),
    "needs/snapshots/<int:number>/": _open("/needs/snapshots/1/"),
    "needs/snapshots/<int:number>/<frozen:what>.json": _open("/needs/snapshots/1/export.json"),
    "needs/snapshots/<int:number>/compare/<int:other>/": _open("/needs/snapshots/1/compare/2/"),
    "needs/<need:need>/": _open(f"/{_NEED}/"),
    "needs/<need:need>/reach/": _open(f"/{_NEED}/reach/"),
    "needs/<need:need>/follow/": Access(at=f"/{_NEED}/follow/", form=NOBODY, sent=USERS),
    "needs/<need:need>/for/<slug:slug>/<spoken:name>/": Access(
        at=f"/{_NEED}/for/pond/endorse/",
        form=frozenset({"member liaison", "facility"}),
        sent=frozenset({"member liaison", "facility"}),
    ),
    "needs/<need:need>/<steered:name>/": Access(
        at=f"/{_NEED}/decide/", form=STEERING, sent=STEERING
    ),
}
"""The register; a need that is hidden, or is not there, answers as one that never was."""
ROUTES: Final = {**PUBLIC, **SIGNING_IN, **OWN, **PROPOSALS, **OFFICE, **NEEDS}
"""Every address."""
MORE: Final = {
    "its own organization, by its liaison": Access(
        at="/changes/organization/pond/", form=STEERING | {"member liaison", "facility"}
    ),
    "its own working group, by its chair": Access(
        at="/changes/group/metrics/", form=STEERING | {"working-group chair"}
    ),
    "a need, for another organization": Access(
        at="/needs/n-0000000000/for/moss/endorse/", form=NOBODY
    ),
    "a new liaison of another organization": Access(
        at="/add/liaison/moss/", form=ADMINISTRATOR, sent=ADMINISTRATOR
    ),
    "another product": Access(
        at="/changes/product/alpha/", form=STEERING | {"another's maintainer"}
    ),
    "an organization that is called as a product": Access(
        at="/changes/organization/hypre/", form=STEERING
    ),
}
"""More examples of addresses that depend on what a role is held for."""
_SEE_RUNNERS: Final = STEERING | {"facility", "member liaison"}
TOKENS: Final = {
    ("get", "/api/v1/account"): ("/api/v1/account", USERS),
    ("get", "/api/v1/runners/{slug}"): ("/api/v1/runners/pond", _SEE_RUNNERS),
    ("post", "/api/v1/runners/{slug}"): ("/api/v1/runners/pond", FACILITY),
    ("post", "/api/v1/runners/{slug}/{key}/revoke"): (
        "/api/v1/runners/pond/none/revoke",
        FACILITY,
    ),
}
"""What of the API takes a token with every scope: an example, and whose token opens it."""
