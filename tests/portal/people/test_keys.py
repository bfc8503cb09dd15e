"""Tokens and runners: made by people, shown once, on record, and no more than their roles."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.utils import timezone
from tests.portal.folk import account, signed_in, somebody
from tests.portal.standing import Portal

from peso.errors import BadInput
from peso.portal.people import runners, tokens
from peso.portal.people.forgetting import forget
from peso.portal.people.grants import current, end
from peso.portal.people.models import Change, Runner, Token
from peso.portal.people.permissions import PERMISSIONS
from peso.portal.people.roles import Held, Role
from peso.services.delivery.pushing.batch import Holding

DAY = timedelta(days=1)


def _pem() -> str:
    public = Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_token_is_shown_once_and_kept_as_a_digest(written: Portal) -> None:
    own = somebody(Role.FACILITY)
    client = signed_in(written, own)
    said = {"name": "a script", "scopes": ["account.own", "runners.see"], "days": "30"}

    shown = client.post("/account/tokens/", said).content.decode()
    token = re.search(r"peso_[\w-]{43}", shown)

    assert token is not None
    assert token[0] not in client.get("/account/tokens/").content.decode()
    one = Token.objects.get()
    assert token[0] not in str(vars(one))
    me = written.client().get("/api/v1/account", headers=_bearer(token[0])).json()
    assert me["scopes"] == ["account.own", "runners.see"]
    assert me["roles"] == ["facility pond"]
    assert client.post(f"/account/tokens/{one.key}/revoke/").status_code == 302
    assert written.client().get("/api/v1/account", headers=_bearer(token[0])).status_code == 401
    assert [made.what for made in Change.objects.filter(by=own).order_by("pk")] == [
        "token made",
        "token revoked",
    ]


def test_a_form_with_faults_says_them(written: Portal) -> None:
    client = signed_in(written, somebody(Role.FACILITY))
    wrong = client.post("/account/tokens/", {"scopes": ["people.change"], "days": "366"})
    assert wrong.content.decode().count("peso_") == 0
    assert Token.objects.count() == 0
    runner = {"name": "x", "platform": "p", "public": "no key", "until": "2099-01-01"}
    assert "no public key in PEM" in client.post("/runners/pond/", runner).content.decode()
    assert Runner.objects.count() == 0


@pytest.mark.parametrize(
    ("scopes", "lasts"), [((), DAY), (("people.change",), DAY), (("account.own",), 366 * DAY)]
)
def test_what_a_token_cannot_be_is_refused(
    written: Portal, scopes: tuple[str, ...], lasts: timedelta
) -> None:
    assert written.done.ok
    assert set(tokens.SCOPES) <= set(PERMISSIONS)
    with pytest.raises(BadInput):
        tokens.make(account("Ann"), "x", scopes, lasts=lasts)


def test_a_scope_counts_while_its_owner_may(written: Portal) -> None:
    own = account("Ann", Held(role=Role.FACILITY, scope="pond"))
    token = tokens.make(own, "x", ["runners.see"], lasts=DAY)
    ask = written.client()

    assert ask.get("/api/v1/runners/pond", headers=_bearer(token)).status_code == 200
    assert ask.get("/api/v1/runners/lake", headers=_bearer(token)).status_code == 403
    assert ask.get("/api/v1/account", headers=_bearer(token)).status_code == 403
    end(current().get(account=own), by=None)
    assert ask.get("/api/v1/runners/pond", headers=_bearer(token)).status_code == 403
    Token.objects.update(expires=timezone.now())
    assert ask.get("/api/v1/runners/pond", headers=_bearer(token)).status_code == 401


def test_who_is_forgotten_has_no_token(written: Portal) -> None:
    own = account("Ann")
    token = tokens.make(own, "Ann's", ["account.own"], lasts=DAY)
    forget(own, by=None)
    assert written.client().get("/api/v1/account", headers=_bearer(token)).status_code == 401
    assert Token.objects.get().name == ""


def test_a_session_opens_nothing_that_takes_a_token(written: Portal) -> None:
    client = signed_in(written, somebody(Role.FACILITY))
    assert client.get("/api/v1/account").status_code == 401


def test_a_runner_is_registered_and_revoked_once(written: Portal) -> None:
    own = somebody(Role.FACILITY)
    client = signed_in(written, own)
    until = (timezone.now() + 30 * DAY).date().isoformat()
    said = {"name": "login", "platform": "frontier", "public": _pem(), "until": until}

    assert client.post("/runners/pond/", said).status_code == 302
    one = Runner.objects.get()
    assert "registered before" in client.post("/runners/pond/", said).content.decode()
    with pytest.raises(BadInput, match="another organization"):
        runners.register(
            "lake", name="x", platform="frontier", public=_pem(), until=one.until, by=own
        )
    for _ in range(2):
        client.post(f"/runners/pond/{one.key}/revoke/")
    made = Change.objects.filter(by=own).order_by("pk").values_list("what", "slug")
    assert list(made) == [("runner registered", "pond"), ("runner revoked", "pond")]
    found = runners.find(one.keyid)
    assert found is not None
    assert found.revoked is not None
    assert not runners.claim(one.keyid, timezone.now())


def test_a_later_batch_alone_is_claimed(written: Portal) -> None:
    assert written.done.ok
    one = runners.register(
        "pond",
        name="x",
        platform="p",
        public=_pem(),
        until=timezone.now() + DAY,
        by=account("Ann"),
    )
    now = timezone.now()
    assert runners.claim(one.keyid, now)
    assert not runners.claim(one.keyid, now)
    assert runners.claim(one.keyid, now + timedelta(microseconds=1))


def test_a_push_is_on_record_once_as_the_runners(written: Portal) -> None:
    own = somebody(Role.FACILITY)
    names = ("login", "batch")
    one, other = (
        runners.register(
            "pond", name=name, platform="p", public=_pem(), until=timezone.now() + DAY, by=own
        )
        for name in names
    )
    first, second = (Holding(accounts=n, sha256=str(n) * 64) for n in (1, 2))
    now, told = timezone.now(), Change.objects.filter(what=runners.PUSHED).order_by("pk")
    assert runners.claim(one.keyid, now)
    assert not told.exists()
    assert runners.claim(one.keyid, now + DAY / 9, holds=first)
    assert runners.claim(one.keyid, now + DAY / 8, holds=first)
    assert runners.claim(other.keyid, now, holds=first)
    assert not runners.claim(one.keyid, now, holds=second)
    assert runners.claim(other.keyid, now + DAY, holds=second)

    said = [(made.by, made.about, made.runner, made.before, made.after) for made in told]
    key = {"platform": "p", "deliveries": 1, "sha256": "1" * 64}
    assert said[0] == (None, own, "login", {}, {"runner": "login", "key": one.keyid, **key})
    assert [made.runner for made in told] == ["login", "batch"]
    client = signed_in(written, own)
    page = re.sub(r"<[^>]+>", "", client.get("/changes/organization/pond/").content.decode())
    for name in names:
        assert page.count(f"the runner {name}") == 1
    steering = signed_in(written, somebody(Role.STEERING))
    for who, count in (("login", 1), ("no such runner", 0)):
        found = steering.get("/office/changes/", {"who": who}).content.decode()
        assert found.count("ledger pushed") == count


def test_too_many_pushes_are_told_to_wait(written: Portal) -> None:
    cache.clear()
    ask = written.client()
    codes = [ask.post("/api/v1/push").status_code for _ in range(241)]
    cache.clear()
    assert (set(codes[:240]), codes[240]) == ({403}, 429)
