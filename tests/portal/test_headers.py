"""Every kind of answer carries the headers that keep a browser from running what others wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from tests.portal.addresses import MACHINES, MISSING, kinds, visit
from tests.portal.standing import Portal

from peso.portal import urls
from peso.portal.security import HEADERS, headers_for

POLICY = HEADERS["Content-Security-Policy"]
ALWAYS = {
    **HEADERS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _fails(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("this view always fails")


class Failing:
    """The portal's addresses, and one that fails."""

    urlpatterns = (*urls.urlpatterns, path("fails/", _fails))
    handler400 = urls.handler400
    handler404 = urls.handler404
    handler500 = urls.handler500


def test_the_policy_has_no_exception() -> None:
    assert "default-src 'none'" in POLICY
    for hole in ("unsafe-inline", "unsafe-eval", "nonce-", "sha256-", "*", "http:", "https:"):
        assert hole not in POLICY
    for closed in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert closed in POLICY


def test_forms_lead_elsewhere_only_where_people_may_sign_in() -> None:
    assert headers_for(()) == HEADERS
    said = headers_for(("orcid",))["Content-Security-Policy"]
    assert "form-action 'self' https://orcid.org;" in said


def test_every_kind_of_answer_has_them(portal: Portal) -> None:
    client = portal.client()
    static = staticfiles_storage.url("portal/peso.css")
    for address in (*kinds().values(), *MACHINES, *MISSING, static, "/products"):
        answer = visit(client, address).answer
        missing = {
            name: value for name, value in ALWAYS.items() if answer.headers.get(name) != value
        }
        assert missing == {}, f"{address} ({answer.status_code})"


def test_a_fault_of_ours_has_them_and_tells_nothing(portal: Portal) -> None:
    client = portal.client()
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=Failing):
        one = visit(client, "/fails/")

    assert one.status == 500
    assert {name: one.answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "This is our fault" in one.page.said
    assert "RuntimeError" not in one.body.decode()
    assert "always fails" not in one.body.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/", "/products/", "/api/v1/products", "/status/"])
def test_nothing_can_be_changed(portal: Portal, method: str, address: str) -> None:
    answer = getattr(portal.client(), method)(address)

    assert answer.status_code == 405
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


def test_a_host_that_is_not_ours_is_not_answered(portal: Portal) -> None:
    answer = Client(headers={"host": "evil.example"}).get("/")

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert portal.how.hosts == replace(portal.how).hosts


def test_no_cookie_is_set(portal: Portal) -> None:
    client = portal.client()
    for address in kinds().values():
        if address != "/needs/new/":  # a form that anybody may send: its cookie proves the sender
            assert client.get(address).cookies == {}, address


def test_static_files_are_kept_for_ever_and_pages_are_not(portal: Portal) -> None:
    static = visit(portal.client(), staticfiles_storage.url("portal/peso.css"))

    assert "immutable" in static.answer.headers["Cache-Control"]
    assert "immutable" not in portal.client().get("/").headers.get("Cache-Control", "")
