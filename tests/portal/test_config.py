"""How a portal is run: closed by default, from the environment, with a secret of its own."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.portal.standing import Portal

from peso.errors import BadInput, PesoError
from peso.portal.config import PortalConfig, config_of
from peso.portal.django import begin

LOCAL = ("localhost", "127.0.0.1", "[::1]")


def test_without_a_folder_it_says_what_to_do() -> None:
    with pytest.raises(BadInput) as no:
        config_of({})
    assert "PESO_PORTAL" in no.value.message
    assert "peso portal serve" in (no.value.hint or "")


def test_only_this_machine_is_answered_unless_others_are_named() -> None:
    assert config_of({"PESO_PORTAL": "x"}).hosts == LOCAL
    named = config_of({"PESO_PORTAL": "x", "PESO_PORTAL_HOSTS": "a.example, b.example,"})
    assert named.hosts == ("a.example", "b.example", *LOCAL)


def test_the_host_of_the_url_is_answered() -> None:
    said = config_of({"PESO_PORTAL": "x", "PESO_PORTAL_URL": "https://portal.example/"})

    assert said.hosts == (*LOCAL, "portal.example")
    assert said.url == "https://portal.example"
    assert said.safe
    assert not config_of({"PESO_PORTAL": "x"}).safe


def test_the_secret_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    how = PortalConfig(folder=tmp_path / "portal")

    first = how.secret()

    assert len(first) > 50
    assert how.secret() == first
    assert stat.S_IMODE((tmp_path / "portal" / "secret").stat().st_mode) == 0o600
    assert PortalConfig(folder=tmp_path / "other").secret() != first


def test_a_postgresql_url_is_taken_apart() -> None:
    url = "postgresql://me%40home:p%3Aw@db.example:5433/portal?sslmode=require"
    (said,) = PortalConfig(folder=Path("x"), database=url).databases().values()

    assert said["ENGINE"] == "django.db.backends.postgresql"
    named = {"NAME": "portal", "USER": "me@home", "PASSWORD": "p:w", "HOST": "db.example"}
    assert {name: said[name] for name in named} == named
    assert said["PORT"] == "5433"
    assert said["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_is_named_in_the_query() -> None:
    url = "postgresql:///portal?host=/run/postgresql"
    (said,) = PortalConfig(folder=Path("x"), database=url).databases().values()

    assert said["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host/", "nonsense"])
def test_another_database_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(BadInput) as no:
        PortalConfig(folder=Path("x"), database=url).databases()
    assert no.value.where == "PESO_PORTAL_DATABASE"
    assert "postgresql://" in (no.value.hint or "")


def test_one_process_is_one_portal(portal: Portal, tmp_path: Path) -> None:
    with pytest.raises(PesoError, match="one portal"):
        begin(replace(portal.how, folder=tmp_path / "another"))


def _check(tmp_path: Path, *, url: str) -> subprocess.CompletedProcess[str]:
    said = {
        "PESO_PORTAL": str(tmp_path / "portal"),
        "PESO_PORTAL_URL": url,
        "DJANGO_SETTINGS_MODULE": "peso.portal.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"],
        env={**os.environ, **said},
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_clean_behind_tls(tmp_path: Path) -> None:
    done = _check(tmp_path, url="https://portal.example")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert done.stderr == ""


def test_no_model_lacks_its_migration(tmp_path: Path) -> None:
    said = {"PESO_PORTAL": str(tmp_path), "DJANGO_SETTINGS_MODULE": "peso.portal.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        env={**os.environ, **said},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_mail_and_providers_come_from_the_environment() -> None:
    how = config_of(
        {
            "PESO_PORTAL": "x",
            "PESO_PORTAL_MAIL": "smtp+tls://me%40home:p@mail.example?from=portal@example.org",
            "PESO_PORTAL_ORCID": "APP-1:s",
        }
    )
    assert [(one.name, one.client, one.secret) for one in how.providers] == [
        ("orcid", "APP-1", "s")
    ]
    said = how.mailing()
    named = {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 587, "EMAIL_HOST_USER": "me@home"}
    assert {name: said[name] for name in named} == named
    assert said["EMAIL_USE_TLS"] is True
    assert "p@" not in repr(how)
    assert "'s'" not in repr(how)
    assert config_of(how.environment()) == how


@pytest.mark.parametrize(
    ("variable", "said"),
    [("PESO_PORTAL_ORCID", "no secret"), ("PESO_PORTAL_MAIL", "smtp://mail.example")],
)
def test_what_names_nothing_is_refused_with_what_to_write(variable: str, said: str) -> None:
    with pytest.raises(BadInput) as no:
        config_of({"PESO_PORTAL": "x", variable: said}).mailing()
    assert no.value.where == variable


def test_signing_in_elsewhere_is_there_only_where_it_is_named(tmp_path: Path) -> None:
    program = """
import django; django.setup()
from django.test import Client
from peso.portal.django import collect, migrate
migrate(); collect()
client = Client(headers={"host": "localhost"})
print("Or sign in with" in client.get("/account/login/").content.decode())
print(client.post("/account/orcid/login/").status_code)
"""
    for orcid, expected in (("APP-1:s", ["True", "302"]), ("", ["False", "404"])):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={
                **os.environ,
                "PESO_PORTAL": str(tmp_path / (orcid[:3] or "none")),
                "PESO_PORTAL_ORCID": orcid,
                "DJANGO_SETTINGS_MODULE": "peso.portal.settings",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.split() == expected, done.stderr
