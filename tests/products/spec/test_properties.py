"""What holds for every spec and version: hypothesis looks for one that breaks it."""

from __future__ import annotations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.products.spec.strategies import sets, spec_texts, versions

from peso.products.spec.constrain import constrain
from peso.products.spec.faults import Contradiction, SpecError
from peso.products.spec.parse import LONGEST, parse_spec, parse_specs
from peso.products.spec.satisfies import intersects, satisfies
from peso.products.spec.spec import EMPTY, Spec
from peso.products.spec.text import format_spec
from peso.products.spec.versions import (
    Version,
    Versions,
    parse_version,
    parse_versions,
    versions_of,
)


def spec_of(text: str) -> Spec:
    try:
        return parse_spec(text)
    except SpecError:
        assume(False)  # noqa: FBT003 - hypothesis's own way to say: not this one
        raise


specs = spec_texts.map(spec_of)


@settings(deadline=None)  # the first use of archspec reads its file
@given(versions, versions, versions)
def test_the_order_of_versions_is_total(a: Version, b: Version, c: Version) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a <= b) == (not b < a)
    assert not a <= b <= c or a <= c
    assert a != b or hash(a) == hash(b)


@settings(deadline=None)
@given(versions)
def test_a_version_is_read_as_printed(version: Version) -> None:
    assert parse_version(str(version)) == version
    assert version in parse_versions(f"{version}")
    assert version in parse_versions(f":{version}")
    assert version in parse_versions(f"{version}:")


@settings(deadline=None)
@given(sets, sets, sets)
def test_sets_of_versions(a: Versions, b: Versions, c: Versions) -> None:
    both, either = a.intersection(b), a.union(b)
    assert both == b.intersection(a)
    assert either == b.union(a)
    assert a.union(a) == a == a.intersection(a)
    assert a.satisfies(either)
    assert b.satisfies(either)
    assert both.satisfies(a)
    assert both.satisfies(b)
    assert bool(both.items) == a.intersects(b) == b.intersects(a)
    assert not a.satisfies(b) or a.intersects(b)
    assert not (a.satisfies(b) and b.satisfies(c)) or a.satisfies(c)
    assert a.union(b).union(c) == a.union(b.union(c))


@settings(deadline=None)
@given(sets, versions)
def test_a_version_is_in_a_set_when_it_satisfies_it(some: Versions, version: Version) -> None:
    assert (version in some) == versions_of(version).satisfies(some)


@settings(deadline=None)
@given(sets)
def test_a_set_is_read_as_printed(some: Versions) -> None:
    assert parse_versions(str(some)) == some


@settings(deadline=None)
@given(specs)
@example(parse_spec("a %[deptypes=build]b ^[deptypes=link]b %c"))
@example(parse_spec("a ^b %c %[when='^d@1']e"))
def test_a_spec_is_read_as_printed(spec: Spec) -> None:
    assert parse_spec(format_spec(spec)) == spec
    assert format_spec(parse_spec(format_spec(spec))) == format_spec(spec)


@settings(deadline=None)
@given(specs)
def test_a_spec_satisfies_nothing_at_all(spec: Spec) -> None:
    assert satisfies(spec, EMPTY)
    assert intersects(spec, EMPTY)
    assert intersects(spec, spec)


@settings(deadline=None)
@given(specs, specs)
def test_satisfying_is_intersecting(a: Spec, b: Spec) -> None:
    assert intersects(a, b) == intersects(b, a)
    assert not satisfies(a, b) or intersects(a, b)


@settings(deadline=None)
@given(specs, specs)
def test_what_meets_both_satisfies_both(a: Spec, b: Spec) -> None:
    try:
        both = constrain(a, b)
    except Contradiction:
        return
    assert intersects(a, b)
    for one in (a, b):
        if not any(variant.propagate for node in one.walk() for variant in node.variants):
            assert satisfies(both, one), format_spec(both)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_specs_or_a_fault(text: str) -> None:
    _read(text)


@settings(deadline=None)
@given(st.text(alphabet=" \n@+~-=:,^%[]/*.'\"\\ab1git", max_size=60))
@example("a b=\n")
@example("%[when='%[when=\"%a\"]b']c")
@example("a x='\n'")
def test_any_text_of_the_grammar_is_specs_or_a_fault(text: str) -> None:
    _read(text)


def _read(text: str) -> None:
    try:
        specs = parse_specs(text)
    except SpecError as error:
        position, said = error.position, str(error)
    else:
        assert all(satisfies(spec, EMPTY) for spec in specs)
        return
    assert 0 <= position <= len(text)
    assert said


@settings(deadline=5000, max_examples=60)
@given(st.sampled_from(" @+=:,^%[]/.'\"\\a1"), st.sampled_from("@+=:,^%[]/.'\"\\a1 "))
@example("a", "/")
def test_long_texts_end_in_time(one: str, other: str) -> None:
    many = (one + other) * (LONGEST // 2 - 4)
    for text in (many, f"a {many}", f"{many}.json", f"{many} x/y.json"):
        _read(text[-LONGEST:])
