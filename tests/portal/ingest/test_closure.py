"""Licenses of what products need: by the first way, nothing left out, in the gate's own words."""

from __future__ import annotations

from tests.native_locks import Piece, lock_of
from tests.portal.made import FIRST_DAY

from peso.base.finding import Outcome, Unknown, Verdict
from peso.portal.ingest.closure import product_licenses, release_licenses
from peso.products.engines.port import Artifact
from peso.services.assurance.bill import State
from peso.services.assurance.gate import GateVerdict, RuleResult
from peso.services.assurance.inventory import Component, Inventory
from peso.services.integration.plan import Plan

FILE = Artifact(role="sbom", path="a", media_type="a/b", length=1, sha256="0" * 64)


def _component(
    name: str, license_: str | Unknown, state: State = "shipped", unit: str = ""
) -> Component:
    return Component(
        name=name,
        version="1",
        purl=f"pkg:generic/{name}@1",
        part="native",
        license=license_,
        sha256="",
        path="",
        depends=(),
        unit=unit,
        state=state,
    )


def _inventory(*several: Component) -> Inventory:
    return Inventory(made=FIRST_DAY, components=several, cyclonedx=FILE, spdx=FILE, findings=())


def _gate(*details: str) -> GateVerdict:
    return GateVerdict(
        policy="p",
        policy_sha256="0" * 64,
        judged=FIRST_DAY,
        verdict=Verdict(outcome=Outcome.PASS),
        rules=(
            RuleResult(rule="licenses", verdict=Verdict(outcome=Outcome.PASS), details=details),
        ),
        waived=(),
        valid_until=None,
    )


def test_what_ships_is_counted_by_license_and_what_is_unknown_is_named() -> None:
    said = release_licenses(
        _inventory(
            _component("a", "MIT"),
            _component("b", "MIT"),
            _component("c", Unknown(unknown="its recipe says none")),
            _component("d", "GPL-3.0-only", state="building"),
        )
    )

    assert said.shipped == (("MIT", 2, ("a@1", "b@1")),)
    assert said.unknown == (("c@1", "its recipe says none"),)
    assert said.aside == (("building", 1),)


def test_a_product_has_the_licenses_of_its_closure_and_what_the_gate_named_of_it() -> None:
    lock = lock_of(
        Piece("top", "top", root=True, needs={"low": "link", "tool": "build"}),
        Piece("low", "low"),
        Piece("tool", "tool"),
        Piece("lone", "lone", root=True),
    )
    plan = Plan(stack="s", version="1", locks=(lock,))
    units = {one.name: one.hash for one in plan.native[0].units}
    inventory = _inventory(*(_component(name, "MIT", unit=hash_) for name, hash_ in units.items()))
    named = ("pkg:generic/low@1: GPL-3.0-only is not allowed", "pkg:generic/tool@1: so is this")

    said = product_licenses(plan, inventory, _gate(*named))
    part = plan.native[0].part

    top = dict(said[part, "top"].ways)
    assert sum(count for _, count in top["linked"]) == 2
    assert sum(count for _, count in top["build"]) == 1
    assert said[part, "top"].named == named[:1]
    assert said[part, "lone"].named == ()
    assert said[part, "top"].asked


def test_without_a_gate_nobody_asked() -> None:
    plan = Plan(stack="s", version="1", locks=(lock_of(Piece("a", "a", root=True)),))

    said = product_licenses(plan, None, None)[plan.native[0].part, "a"]

    assert not said.asked
    assert said.named == ()
