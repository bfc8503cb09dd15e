"""A release is scanned where it is published: proven, or said not to be."""

from __future__ import annotations

from pathlib import Path

from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of
from tests.stories.conftest import TinyStack

import peso


def test_a_published_release_and_its_stack_are_scanned(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    record = advisory("PYSEC-1", "answer", fixed="99", vector=V3_CRITICAL)
    known = peso.scan("public", root="public.root.json", unsafe_development_keys=True)
    name = next(one.name.partition("@")[0] for one in known.scan.coverage)
    record["affected"][0]["package"]["name"] = name
    peso.import_advisories(folder_of(Path("records"), record), name="ours", folder=".")

    proven = peso.scan("public", root="public.root.json", unsafe_development_keys=True, folder=".")
    unproven = peso.scan("public", folder=".")
    planned = peso.scan(tiny_stack.file, folder=".")

    assert proven.kind == "release"
    assert [one.rule for one in proven.scan.findings] == ["PYSEC-1"]
    assert [one.rule for one in unproven.scan.findings] == ["PYSEC-1"]
    assert [one.rule for one in planned.scan.findings] == ["PYSEC-1"]
    whole = {one.rule: one.verdict for one in proven.verdict.rules}["whole"]
    assert whole.ok
    whole = {one.rule: one.verdict for one in unproven.verdict.rules}["whole"]
    assert not whole.ok
    assert "not proven" in str(whole.reason)
