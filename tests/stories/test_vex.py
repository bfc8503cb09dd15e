"""A stack with a known vulnerability: no, a statement that a person signs, yes, and its end.

The native part is a recorded one: its lock says by sha256 that a patch was applied, and the recipe
says which vulnerability the patch mends.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from defusedxml import ElementTree
from tests.cli.test_advisories import say
from tests.services.assurance.advisories.own_records import spoilt
from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of
from tests.stories.conftest import TinyStack
from tests.stories.test_native_release import Mixed, with_a_native_part

import peso
from peso.base.digest import sha256_bytes
from peso.services.assurance.gate import GateVerdict
from peso.services.pipeline import Stopped

PATCH = b"--- a/inflate.c\n+++ b/inflate.c\n"
RECIPE = """\
from spack.package import *


class ZlibNg(Package):
    version("2.2.4", sha256="{zeros}")

    patch("cve-2026-1000.patch", when="@2.2.4")
"""
ZLIB = f"pkg:generic/zlib-ng@2.2.4?spack_hash={'zl'.ljust(32, 'x')}"
NOW = datetime.now(UTC)
EXPIRY = f"{NOW + timedelta(days=10):%Y-%m-%d}"
LATER = NOW + timedelta(days=20)
TRUST = ("--root", "public.root.json", "--unsafe-development-keys")
PAGE = Path("public/releases/testing/tiny-1.0.html")
FEED = Path("public/feeds/findings.atom")


@pytest.fixture
def mixed(tiny_stack: TinyStack) -> Mixed:
    """Return a stack of which a steward's own advisory is known, and a policy that hears people."""
    made = with_a_native_part(tiny_stack)
    policy = tiny_stack.folder / "policies" / "lenient.yaml"
    policy.write_text(policy.read_text() + "  vex: {longest: 366 d}\n")
    ours = spoilt("affected", 0, "package", "name", to="zlib-ng")
    peso.import_advisories(folder_of(Path("ours"), ours), name="ours", folder="tiny")
    made.engine.patches = (sha256_bytes(PATCH),)
    return made


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    folder = tmp_path / "recipes"
    recipe = folder / "packages" / "zlib_ng" / "package.py"
    recipe.parent.mkdir(parents=True)
    recipe.write_text(RECIPE.format(zeros="0" * 64))
    (recipe.parent / "cve-2026-1000.patch").write_bytes(PATCH)
    (folder / "repo.yaml").write_text("repo:\n  namespace: builtin\n  api: v2.2\n")
    return folder


def refused(mixed: Mixed, now: datetime | None = None) -> str:
    """Deliver, and return why the gate says no."""
    with pytest.raises(Stopped) as no:
        mixed.deliver(now)
    assert no.value.reason is peso.Reason.POLICY
    return str(no.value)


def state(capsys: pytest.CaptureFixture[str]) -> str:
    """State what the suggestion says, as the person who looked at it."""
    return say(
        capsys, "vex", "add", "PESO-2026-1", "--alias", "CVE-2026-1000", "--product", ZLIB,
        "--status", "fixed", "--reason", "the patch is applied, seen in the lock",
        "--role", "security team", "--expires", EXPIRY, "--in", "tiny",
    )  # fmt: skip


def test_a_no_becomes_a_yes_that_says_what_it_rests_on_and_ends(
    mixed: Mixed, recipes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "PESO-2026-1" in refused(mixed)
    assert not mixed.tiny.publication.exists()

    asked = ("vex", "suggest", mixed.tiny.file, "--repo", recipes, "--in", "tiny", "--json")
    [suggested] = json.loads(say(capsys, *asked))["suggestions"]
    assert (suggested["status"], suggested["ground"], suggested["subject"]) == (
        "fixed", "patch", ZLIB,
    )  # fmt: skip
    assert "cve-2026-1000.patch" in suggested["evidence"][0]
    assert "nobody states anything" in say(capsys, "vex", "list", "tiny")
    assert "PESO-2026-1" in refused(mixed)

    assert "fixed" in state(capsys)
    mixed.deliver()

    verdict = GateVerdict.parse(mixed.read("evidence/verdict.json"))
    [rule] = [one for one in verdict.rules if one.rule == "findings"]
    assert verdict.verdict.ok
    assert f"{verdict.valid_until:%Y-%m-%d}" == EXPIRY
    assert [one.statement.vulnerability for one in verdict.stated] == ["PESO-2026-1"]
    decided = "statement PESO-2026-1 by tiny (security team)"
    assert {"advisories ours", decided} <= set(rule.by)
    [used] = [one for one in verdict.evidence if one.name == decided]
    assert used.sha256 == verdict.stated[0].statement.digest()

    mixed.tiny.say_version("1.1")
    with_a_native_part(mixed.tiny)
    assert f"expired on {EXPIRY}" in refused(mixed, LATER)
    assert mixed.manifest.version == "1.0"


def test_the_release_ships_the_statement_and_its_page_shows_it(
    mixed: Mixed, capsys: pytest.CaptureFixture[str]
) -> None:
    state(capsys)
    mixed.deliver()

    assert peso.verify("public", root="public.root.json", unsafe_development_keys=True).ok
    shipped = json.loads(mixed.read("evidence/vex.openvex.json"))
    assert shipped["statements"][0]["status"] == "fixed"
    assert "attestations/vex.dsse.json" in {one.path for one in mixed.manifest.files}
    listed = say(capsys, "vex", "list", "public#tiny@1.0", *TRUST)
    assert "the patch is applied, seen in the lock" in listed
    page = PAGE.read_text()
    for words in (
        "PESO-2026-1",
        "Stated: fixed",
        "the patch is applied, seen in the lock",
        "evidence/vex.openvex.json",
        "Not covered",
        "Which sources know which of",
        '<h2 id="licenses">Licenses</h2>',
        "Zlib",
        'href="../../feeds/findings.atom"',
    ):
        assert words in page


def test_what_becomes_known_later_is_told_with_its_channel_and_in_the_feed(
    mixed: Mixed, capsys: pytest.CaptureFixture[str]
) -> None:
    state(capsys)
    mixed.deliver()
    assert b"<entry>" not in FEED.read_bytes()
    folder = folder_of(Path("later"), advisory("PYSEC-9", "alpha", vector=V3_CRITICAL))
    say(capsys, "advisories", "import", folder, "--in", "tiny")

    watch = ("scan", "public", "--published", "--publish-feed", *TRUST, "--in", "tiny")
    told = say(capsys, *watch, code=1)

    assert "new: PYSEC-9 in alpha@1.0: critical" in told
    assert "in testing/tiny-1.0" in told
    assert "PESO-2026-1" not in told
    feed = ElementTree.fromstring(FEED.read_bytes())
    atom = {"": "http://www.w3.org/2005/Atom"}
    [title] = [one.text for one in feed.findall("entry/title", atom)]
    assert "PYSEC-9 in alpha@1.0 (critical)" in str(title)
    assert [one.get("term") for one in feed.findall("entry/category", atom)] == ["testing"]
    assert 'href="feeds/findings.atom"' in Path("public/index.html").read_text()
    assert peso.verify("public", root="public.root.json", unsafe_development_keys=True).ok
