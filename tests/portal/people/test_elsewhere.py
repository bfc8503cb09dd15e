"""Signing in with GitHub or ORCID, played against a double of both on loopback.

The portal is one of its own, in a process of its own: which providers it has is said at its start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

_PROGRAM = """
import json, sys, time
import django; django.setup()
from peso.portal.django import collect, migrate
migrate(); collect()
provider, base = sys.argv[1:]
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter as GitHub
from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter as Orcid
from django.conf import settings
from django.test import Client
from urllib.parse import parse_qs, urlsplit
from peso.portal.people.grants import grant
from peso.portal.people.models import Account, Change
from peso.portal.people.roles import Held, Role
GitHub.access_token_url = Orcid.access_token_url = base + "/token"
GitHub.profile_url, GitHub.emails_url = base + "/user", base + "/emails"
Orcid.profile_url = base + "/%s/record"

def new():
    return Client(headers={"host": "localhost"})

def account(name, *held):
    one = Account.objects.create_user(f"{name}@example.org", name, "a long walk 1842")
    EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    for role in held:
        grant(one, role, by=None)
    return one

def signed_in(one, sure=True):
    client = new()
    client.force_login(one, backend=settings.AUTHENTICATION_BACKENDS[0])
    if sure:
        session = client.session
        said = {"method": "password", "at": time.time(), "reauthenticated": True}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [said]
        session["account_authentication_methods_user"] = str(one.pk)
        session.save()
    return client

def goes(client, who, process="login", state=None):
    to = client.post(f"/account/{provider}/login/?process={process}").headers["Location"]
    asked = {name: one[0] for name, one in parse_qs(urlsplit(to).query).items()}
    back = {"code": who, "state": state or asked["state"]}
    answer = client.get(f"/account/{provider}/login/callback/", back, follow=True)
    me = client.session.get("_auth_user_id")
    name = Account.objects.get(pk=me).name if me else ""
    return [urlsplit(to).hostname, answer.request["PATH_INFO"], answer.status_code, name]

ann, ada = account("ann"), account("ada", Held(role=Role.ADMINISTRATOR))
TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
before = Account.objects.count()
told = {
    "unknown": goes(new(), "ann"),  # who has her address there, and connected nothing here
    "not sure": goes(signed_in(ann, sure=False), "ann", "connect"),
    "connects": goes(signed_in(ann), "ann", "connect"),
    "signs in": goes(new(), "ann"),
    "another's": goes(signed_in(ada), "ann", "connect"),
    "still hers": goes(new(), "ann"),
    "ada connects": goes(signed_in(ada), "ada", "connect"),
    "second factor": goes(new(), "ada"),
    "a state of nobody's": goes(new(), "ann", state="x" * 16),
}
Account.objects.filter(pk=ann.pk).update(is_active=False)
told["closed"] = goes(new(), "ann")
told["new accounts"] = Account.objects.count() - before
rows = Change.objects.filter(what="connected").order_by("pk")
told["audit"] = [[one.about.name, one.after] for one in rows]
print(json.dumps(told))
"""
UIDS = {"ann": 7, "ada": 8}


class _Provider(BaseHTTPRequestHandler):
    """Says who somebody is: the code that a person comes back with is their name there."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        name = parse_qs(self.rfile.read(length).decode())["code"][0]
        said = {"access_token": name, "token_type": "bearer", "orcid": f"0000-{UIDS[name]}"}
        self._say(said)

    def do_GET(self) -> None:
        name = self.headers.get("Authorization", "").removeprefix("token ")
        if self.path == "/emails":
            self._say([{"email": f"{name}@example.org", "primary": True, "verified": True}])
        elif self.path == "/user":
            self._say({"id": UIDS[name], "login": name, "email": f"{name}@example.org"})
        else:
            path = self.path.strip("/").partition("/")[0]
            emails = {"emails": {"email": [{"email": "ann@example.org"}]}}
            self._say({"orcid-identifier": {"path": path}, "person": emails})

    def _say(self, said: object) -> None:
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("provider", "host"), [("github", "github.com"), ("orcid", "orcid.org")])
def test_who_connected_it_signs_in_and_nobody_else(
    tmp_path: Path, base: str, provider: str, host: str
) -> None:
    told = _played(tmp_path, provider, base)

    back = f"/account/{provider}/login/callback/"
    assert told["unknown"] == [host, back, 200, ""]
    assert told["not sure"][:2] == [host, "/account/reauthenticate/"]
    assert told["connects"] == [host, "/account/3rdparty/", 200, "ann"]
    assert told["signs in"] == [host, "/account/", 200, "ann"]
    assert told["still hers"] == told["signs in"]
    assert told["second factor"] == [host, "/account/2fa/authenticate/", 200, ""]
    assert told["a state of nobody's"] == [host, back, 401, ""]
    assert told["closed"] == [host, "/account/inactive/", 200, ""]
    assert told["new accounts"] == 0
    assert told["audit"] == [["ann", {"at": provider}], ["ada", {"at": provider}]]


def _played(folder: Path, provider: str, base: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, provider, base],
        env={
            **os.environ,
            "PESO_PORTAL": str(folder / "portal"),
            "PESO_PORTAL_GITHUB": "id:secret",
            "PESO_PORTAL_ORCID": "APP-1:secret",
            "DJANGO_SETTINGS_MODULE": "peso.portal.settings",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said
