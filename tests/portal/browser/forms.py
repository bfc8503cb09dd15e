"""Every form in every state: how a browser gets there, and the people whom that takes.

`python -m tests.portal.browser.forms` makes the people in the portal that the environment names,
and prints who they are as a browser knows them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from peso.portal.config import config_of
from peso.portal.django import begin, migrate

PASSWORD = "a long walk by the Ill 1842"
SECRET = "JBSWY3DPEHPK3PXP"
PRODUCT = "schema: peso.product/1\nname: Halden\nspack: [halden]\nlicense: MIT\n"
GROUP = "schema: peso.working-group/1\nname: Meshes\npurpose: Meshes\nstatus: Active\n"
POND = "schema: peso.organization/1\nshort_name: Pond\nkind: facility\n"
FILES = {
    "products/halden.yaml": PRODUCT,
    "consortium/working-groups/meshes.yaml": GROUP,
    "consortium/organizations/pond.yaml": POND,
    "consortium/organizations/lake.yaml": POND.replace("Pond", "Lake"),
}
SURVEY = """statement,kind,visibility,mood
As a user I need hypre on phones,feature,public,good
As a user I need it in a very-long-word-that-has-no-end-and-goes-on-and-on-and-on-and-on,x,,
,bug,,
"""
Steps = list[dict[str, Any]]


def people() -> dict[str, Any]:
    """Make them: an administrator, one whose role waits, a user; and invitations."""
    begin(config_of(os.environ))
    migrate()
    from allauth.account.models import EmailAddress  # noqa: PLC0415 - after `begin`
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: PLC0415
    from allauth.mfa.totp.internal.auth import TOTP  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from peso.portal.people import grants, invitations  # noqa: PLC0415
    from peso.portal.people.models import Account  # noqa: PLC0415
    from peso.portal.people.roles import Held, Role  # noqa: PLC0415

    told: dict[str, Any] = {"cookies": {}, "keys": {}}
    for name in ("Ada Admin", "Wim Waiting", "Ute User"):
        email = f"{name.split()[1].lower()}@example.org"
        one = Account.objects.create_user(email, name, PASSWORD)
        EmailAddress.objects.create(user=one, email=email, verified=True, primary=True)
        if name != "Ute User":
            grants.grant(one, Held(role=Role.ADMINISTRATOR), by=None)
        if name == "Ada Admin":
            TOTP.activate(one, SECRET)
            RecoveryCodes.activate(one)
        client = Client(headers={"host": "localhost"})
        client.force_login(one, backend=settings.AUTHENTICATION_BACKENDS[0])
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        told["cookies"][name.split()[0]] = {"name": settings.SESSION_COOKIE_NAME, "value": value}
        told["keys"][name.split()[0]] = one.key
    liaison = [Held(role=Role.LIAISON, scope="pond")]
    ada = Account.objects.get(name="Ada Admin")
    told["needs"] = _needs(ada)
    told["new"] = invitations.invite("lia@example.org", liaison, by=ada)
    told["known"] = invitations.invite("user@example.org", liaison, by=ada)
    told["set up"] = invitations.set_up()
    told["proposal"] = _proposed(Account.objects.get(name="Ute User"))
    return told


def _proposed(by: Any) -> int:  # noqa: ANN401 - an account, once Django is ready
    """Take in the files of a product and a consortium; returns the number of a proposal."""
    from django.utils import timezone  # noqa: PLC0415 - after `begin`

    from peso.portal.ingest.consortium import take_consortium  # noqa: PLC0415
    from peso.portal.ingest.files import take_files  # noqa: PLC0415
    from peso.portal.people import proposals  # noqa: PLC0415

    folder = Path(os.environ["PESO_PORTAL"]).parents[1]
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    take_consortium(folder, "eco", timezone.now())
    take_files(folder, "eco")
    file = proposals.File(workspace="eco", path="products/halden.yaml", text=PRODUCT)
    changes = {"long_description": "**Arrays**, [here](https://example.org).\n\n- one\n- two"}
    draft = proposals.drafted("product", "halden", file, changes)
    return int(proposals.propose(draft, why="It said nothing.", by=by).pk)


def _needs(by: Any) -> dict[str, str]:  # noqa: ANN401 - an account
    """Raise two needs that are alike, one of them endorsed, and freeze the ranking."""
    from peso.partnerships.needs import events  # noqa: PLC0415 - after `begin`
    from peso.partnerships.needs.record import Need, Source, Speaker  # noqa: PLC0415
    from peso.partnerships.needs.vocabulary import Level, OrganizationKind  # noqa: PLC0415
    from peso.portal.needs.frozen import freeze_now  # noqa: PLC0415
    from peso.portal.needs.ledger import add  # noqa: PLC0415

    found = {"one": "n-0000000001", "other": "n-0000000002"}
    who = Speaker(slug="pond", kind=OrganizationKind.MEMBER)
    for name, identity in found.items():
        statement = f"As a user I need hypre on GPUs, the {name}"
        source = Source(kind="form")
        need = Need(id=identity, statement=statement, visibility="public", source=source)
        body = events.Endorsed(about=identity, organization=who, level=Level.BLOCKING)
        raised = events.Raised(need=need)
        add(lambda _, raised=raised, body=body: (raised, body), by=by)  # type: ignore[misc]
        freeze_now("public", by=by)
    from tests.portal.needs.past import delivered  # noqa: PLC0415

    delivered("As a user I need a course that was held", "pond", "lake")
    return found


def states(told: dict[str, Any], base: str) -> dict[str, Any]:
    """Return every state of every form, and how a browser gets there."""

    def link(name: str) -> str:
        return base + str(told[name])[str(told[name]).index("/invitation/") :]

    send = {"press": "main form.narrow button[type=submit]"}
    person = f"/office/people/{told['keys']['Ute']}/"
    edit, one = {"goto": "/edit/product/halden/"}, f"/proposals/{told['proposal']}/"
    bring = {"goto": "/needs/bring/"}
    add, new = {"goto": "/add/liaison/pond/"}, {"#id_person": "Ann", "#id_to": "lake"}
    new |= {"#id_since": "2026-01-01", "#id_why": "She begins there."}
    again = [{"again": PASSWORD}]
    login = {"#id_login": "admin@example.org", "#id_password": PASSWORD}
    by: dict[str, dict[str, Steps]] = {
        "": {
            "sign in": [{"goto": "/account/login/"}],
            "sign in, nothing sent": [{"goto": "/account/login/"}, send],
            "sign in, wrong": [
                {"goto": "/account/login/"},
                {"fill": login | {"#id_password": "wrong"}},
                send,
            ],
            "second factor": [{"goto": "/account/login/"}, {"fill": login}, send],
            "second factor, wrong": [
                {"goto": "/account/login/"},
                {"fill": login},
                send,
                {"fill": {"#id_code": "000000"}},
                send,
            ],
            "password forgotten": [{"goto": "/account/password/reset/"}],
            "password forgotten, nothing sent": [{"goto": "/account/password/reset/"}, send],
            "password forgotten, sent": [
                {"goto": "/account/password/reset/"},
                {"fill": {"#id_email": "nobody@example.org"}},
                send,
            ],
            "password link that does not work": [{"goto": "/account/password/reset/key/1-none/"}],
            "address link that does not work": [{"goto": "/account/confirm-email/none/"}],
            "sign in, what was sent is lost": [
                {"goto": "/account/login/?next=/account/tokens/&unsent=1"}
            ],
            "sign up": [{"goto": "/account/signup/"}],
            "invitation": [{"goto": link("new")}],
            "invitation, nothing sent": [{"goto": link("new")}, send],
            "invitation, weak": [
                {"goto": link("new")},
                {"fill": {"#id_name": "Lia", "#id_password": "12345"}},
                send,
            ],
            "invitation of somebody known": [{"goto": link("known")}],
            "set-up link": [{"goto": link("set up")}],
            "invitation that does not work": [{"goto": "/invitation/none/"}],
            "rights, a visitor": [{"goto": "/about/rights/"}],
            "needs": [{"goto": "/needs/"}],
            "needs, none fits": [{"goto": "/needs/?q=zzz"}],
            "need": [{"goto": "/needs/n-0000000001/"}],
            "ranking of needs": [{"goto": "/needs/ranking/?days=10"}],
            "frozen rankings": [{"goto": "/needs/snapshots/"}],
            "frozen ranking": [{"goto": "/needs/snapshots/2/"}],
            "what moved": [{"goto": "/needs/snapshots/1/compare/2/"}],
            "raise a need": [{"goto": "/needs/new/"}],
            "raise a need, nothing sent": [{"goto": "/needs/new/"}, send],
            "need's link that does not work": [{"goto": "/needs/confirm/none/"}],
        },
        "Ute": {
            "account": [{"goto": "/account/"}],
            "account, no name": [{"goto": "/account/"}, {"fill": {"#id_name": ""}}, send],
            "own changes": [{"goto": "/account/changes/"}],
            "password": [{"goto": "/account/password/change/"}],
            "password, nothing sent": [{"goto": "/account/password/change/"}, send],
            "address": [{"goto": "/account/email/"}],
            "address, nothing sent": [{"goto": "/account/email/"}, send, *again],
            "address, on its way": [
                {"goto": "/account/email/"},
                {"fill": {"#id_email": "another@example.org"}},
                send,
                *again,
            ],
            "second factor, set up": [{"goto": "/account/2fa/totp/activate/"}, *again],
            "second factor, set up wrongly": [
                {"goto": "/account/2fa/totp/activate/"},
                *again,
                {"fill": {"#id_code": "000000"}},
                send,
            ],
            "second factor, none": [{"goto": "/account/2fa/"}],
            "tokens": [{"goto": "/account/tokens/"}],
            "tokens, nothing sent": [{"goto": "/account/tokens/"}, send, *again],
            "tokens, made": [
                {"goto": "/account/tokens/"},
                {"fill": {"#id_name": "a program", "#id_days": "9"}},
                {"choose": {"#id_scopes": "account.own"}},
                send,
                *again,
            ],
            "sessions": [{"goto": "/account/sessions/"}],
            "sign out": [{"goto": "/account/logout/"}],
            "it is you": [{"goto": "/account/reauthenticate/"}],
            "it is you, wrong": [{"goto": "/account/reauthenticate/"}, send],
            "it is you, to go on": [{"goto": "/account/tokens/"}, send],
            "it is you, to go on, wrong": [{"goto": "/account/tokens/"}, send, send],
            "it is you, what was sent is lost": [
                {"goto": "/account/reauthenticate/?next=/account/tokens/"}
            ],
            "error: not allowed": [{"goto": "/office/people/"}],
            "proposals, own": [{"goto": "/proposals/"}],
            "proposal, own": [{"goto": one}],
            "rights, a user": [{"goto": "/about/rights/"}],
            "invitation, signed in": [{"goto": link("known")}],
            "invitation of another": [
                {"goto": link("new")},
                {"press": "main form button[type=submit]"},
            ],
        },
        "Wim": {
            "did it help, nothing": [{"goto": "/needs/due/"}],
            "account, waiting": [{"goto": "/account/"}],
        },
        "Ada": {
            "account, administrator": [{"goto": "/account/"}],
            "it is you, by a code": [{"goto": "/account/2fa/reauthenticate/"}],
            "it is you, by a code, wrong": [{"goto": "/account/2fa/reauthenticate/"}, send],
            "second factors": [{"goto": "/account/2fa/"}],
            "recovery codes": [{"goto": "/account/2fa/recovery-codes/"}, *again],
            "recovery codes, new": [{"goto": "/account/2fa/recovery-codes/generate/"}, *again],
            "second factor, off": [{"goto": "/account/2fa/totp/deactivate/"}, *again],
            "people": [{"goto": "/office/people/"}],
            "people, none": [{"goto": "/office/people/?q=zzz"}],
            "person": [{"goto": person}],
            "person, role without a slug": [{"goto": person}, send, *again],
            "person, not sure": [
                {"goto": person},
                {"press": "section[aria-labelledby=forget] button"},
                *again,
            ],
            "invitations": [{"goto": "/office/invitations/"}],
            "invitations, nothing sent": [{"goto": "/office/invitations/"}, send, *again],
            "invitations, made": [
                {"goto": "/office/invitations/"},
                {"fill": {"#id_email": "new@example.org"}},
                send,
                *again,
            ],
            "runners": [{"goto": "/runners/pond/"}],
            "runners, nothing sent": [{"goto": "/runners/pond/"}, send, *again],
            "every change": [{"goto": "/office/changes/"}],
            "every change, not understood": [{"goto": "/office/changes/?since=yesterday"}],
            "did it help, all that is due": [{"goto": "/needs/due/"}],
            "bring needs": [bring],
            "bring needs, nothing sent": [bring, send],
            "bring needs, a file that is none, wrong": [
                bring,
                {"attach": {"#id_file": {"name": "survey.csv", "text": "a,b\n1,2\n"}}},
                send,
            ],
            "bring needs, shown": [
                bring,
                {"attach": {"#id_file": {"name": "survey.csv", "text": SURVEY}}},
                send,
            ],
            "bring needs, taken": [
                bring,
                {"attach": {"#id_file": {"name": "survey.csv", "text": SURVEY}}},
                send,
                {"press": "main section[aria-labelledby=decide] button[value=take]"},
            ],
            "bring needs, a file that waits no more": [{"goto": "/needs/bring/none/"}],
            "need, who may decide": [{"goto": "/needs/n-0000000001/"}],
            "freeze": [{"goto": "/needs/snapshots/"}],
            **{
                f"need, {act}{said}": [{"goto": f"/needs/n-0000000001/{act}/"}, *more]
                for act in ("decide", "estimate", "link", "answer", "merge")
                for said, more in (("", []), (", nothing sent", [send]))
                if (act, said) != ("decide", ", nothing sent")
            },
            "need, refused without a reason": [
                {"goto": "/needs/n-0000000001/decide/"},
                {"choose": {"#id_status": "refused"}},
                send,
            ],
            "changes of a thing": [{"goto": "/changes/organization/pond/"}],
            "edit": [edit],
            "edit, nothing sent": [edit, send],
            "edit, wrong": [
                edit,
                {"fill": {"#id_name": "", "#id_links": "Site | javascript:alert(1)"}},
                send,
            ],
            "edit, its schema says no, wrong": [
                edit,
                {"fill": {"#id_name": "", "#id_why": "To see."}},
                send,
            ],
            "edit, shown": [
                edit,
                {"fill": {"#id_license": "Zlib", "#id_audience": "*All*", "#id_why": "So."}},
                send,
            ],
            "edit a group": [{"goto": "/edit/group/meshes/"}],
            "new liaison": [add],
            "new liaison, nothing sent": [add, send],
            "new liaison, names that are wrong": [
                add,
                {"fill": new | {"#id_to": "lak", "#id_until": "2020-01-01"}},
                send,
            ],
            "new liaison, shown": [add, {"fill": new}, {"choose": {"#id_target": "vendor"}}, send],
            "new stewardship": [{"goto": "/add/stewardship/pond/"}],
            "new stewardship, nothing sent": [{"goto": "/add/stewardship/pond/"}, send],
            "proposals": [{"goto": "/proposals/"}],
            "proposal": [{"goto": one}],
            "proposal, refused with nothing sent": [
                {"goto": one},
                {"press": "section[aria-labelledby=refuse] button"},
            ],
        },
    }
    return {
        name: {"cookie": told["cookies"].get(who), "steps": steps}
        for who, several in by.items()
        for name, steps in several.items()
    }


if __name__ == "__main__":
    json.dump(people(), sys.stdout)
