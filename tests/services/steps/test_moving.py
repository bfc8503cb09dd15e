"""The step relocate: what decides it, what it files, and when it is done again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.products.engines.spack.tiny import tiny_build, tiny_lock
from tests.relocations import proof
from tests.services.integration.test_relocate import Mover
from tests.services.test_pipeline import NOW, STACK, _ports

from peso.base.finding import Outcome
from peso.services.filing import file_record, find, why_run
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations
from peso.services.steps.moving import ARCHIVE, RELOCATE
from peso.services.steps.port import Life, Ports


class Course:
    """A release with two archives, on its way."""

    def __init__(self, folder: Path) -> None:
        self.mover = Mover()
        self.ports: Ports = replace(_ports(folder), engines={"spack": self.mover})
        lock = tiny_lock(self.ports.ledger.blobs)
        self.build = tiny_build(lock, self.ports.ledger.blobs)
        self.plan = Plan(stack="tiny", version="1.0", locks=(lock,))

    @property
    def life(self) -> Life:
        build = Build(parts=(self.build,), started=NOW, finished=NOW)
        return Life(stack=STACK, definition=(), records={Plan: self.plan, Build: build})

    def inputs(self) -> dict[str, str]:
        return dict(RELOCATE.inputs(self.life, self.ports))

    def do(self) -> Relocations:
        made = RELOCATE.do(self.life, self.ports, lambda _: None)
        assert isinstance(made, Relocations)
        file_record(RELOCATE, self.inputs(), made, self.ports.ledger, made=NOW)
        return made

    def why(self) -> str | None:
        inputs = self.inputs()
        filed = find(RELOCATE, inputs, self.ports.ledger)
        return why_run(RELOCATE, inputs, filed, self.life, self.ports)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_each_archive_is_filed_by_its_digest(course: Course) -> None:
    made = course.do()
    keys = {entry.key for entry in course.ports.ledger.list(ARCHIVE)}
    assert keys == {one.archive for one in made.proofs}
    assert course.why() is None


def test_a_release_with_one_new_archive_has_that_one_tried(course: Course) -> None:
    both = course.build
    course.build = both.model_copy(update={"cache": both.cache[:1]})
    course.do()
    course.build = both
    assert "changed" in (course.why() or "")
    assert course.do().anew == 1
    assert course.mover.asked == [(both.cache[0].hash,), (both.cache[1].hash,)]


def test_what_was_not_moved_is_tried_again(course: Course) -> None:
    made = course.do()
    one, other = made.proofs
    bad = made.model_copy(update={"proofs": (proof(one, longer=Outcome.UNKNOWN), other)})
    file_record(RELOCATE, course.inputs(), bad, course.ports.ledger, made=NOW)
    assert course.why() == f"not all could be moved the last time ({one.label})"


def test_a_filed_proof_of_another_peso_is_made_anew(course: Course) -> None:
    sha256 = course.build.cache[0].archive.sha256
    course.ports.ledger.append(ARCHIVE, sha256, b'{"other":1}', made=NOW)
    assert course.do().anew == 2


def test_it_says_how_many_could_be_moved(course: Course) -> None:
    made = course.do()
    said = RELOCATE.said(made).words
    assert said == "2 archives, 2 of them new; longer: 2 pass; shorter: 2 pass; build paths: none"
    one, other = made.proofs
    worse = made.model_copy(update={"proofs": (proof(one, longer=Outcome.FAIL), other)})
    assert "longer: 1 pass, 1 fail" in RELOCATE.said(worse).words
    assert RELOCATE.said(Relocations(made=NOW)).words == "no binaries"
