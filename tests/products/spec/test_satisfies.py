"""Satisfaction and intersection, part by part."""

from __future__ import annotations

import pytest

from peso.products.spec.faults import Unanswerable
from peso.products.spec.parse import parse_spec
from peso.products.spec.satisfies import intersects, satisfies
from peso.products.spec.spec import Spec

YES, MAYBE, NO = "satisfies", "intersects", "neither"


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("a@1.2", "a@1", YES),
        ("a@1", "a@1.2", MAYBE),
        ("a@1", "a@2", NO),
        ("a", "", YES),
        ("", "a", YES),
        ("a", "b", NO),
        ("n.a", "a", YES),
        ("n.a", "m.a", NO),
        ("a+x", "+x", YES),
        ("a", "+x", MAYBE),
        ("a~x", "+x", NO),
        ("a x=b,c", "x=b", YES),
        ("a x=b", "x=c", MAYBE),
        ("a x:=b", "x=c", NO),
        ("a x=b", "x:=b", MAYBE),
        ("a x=b", "x:=b,c", MAYBE),
        ("a x:=b", "x:=b,c", NO),
        ("a x=b", "x=*", YES),
        ("a+x", "x=*", YES),
        ("a+x", "x=b", NO),
        ("a patches=abcdef", "patches=abc", YES),
        ("a++x", "a+x", MAYBE),
        ("a+x", "a++x", YES),
        ("a~x", "a++x", NO),
        ("a", "a++x", YES),
        ("a ^b~x", "a++x", MAYBE),
        ("a cflags='-O2 -g'", "cflags=-g", YES),
        ("a", "cflags=-g", MAYBE),
        ("a platform=linux", "platform=linux", YES),
        ("a platform=linux", "platform=*", YES),
        ("a platform=linux", "os=x", MAYBE),
        ("a os=x", "os=y", NO),
        ("a target=zen2", "target=x86_64:", YES),
        ("a target=zen2", "target=aarch64:", NO),
        ("a target=x86_64:", "target=zen2", YES),
        ("a", "target=zen2", MAYBE),
        ("a/abc", "a/ab", YES),
        ("a/ab", "a/abc", MAYBE),
        ("a/ab", "a/b", NO),
        ("a ^b@1.2", "a ^b@1", YES),
        ("a", "a ^b", MAYBE),
        ("a ^b@1", "a ^b@2", NO),
        ("a %gcc@12", "a %gcc", YES),
        ("a %c=gcc", "a %c", YES),
        ("a %c=gcc@12", "a %c,cxx=gcc", MAYBE),
        ("a %gcc", "a %c=gcc", MAYBE),
        ("a ^[deptypes=build,link]b", "a ^[deptypes=link]b", YES),
        ("a ^b", "a ^[deptypes=link]b", MAYBE),
        ("a ^b %c", "a ^c", YES),
        ("a ^b %c", "a %c", MAYBE),
        ("a ^b %c", "a ^b %c", YES),
        ("a ^b %c@1", "a ^b %c@2", NO),
        ("a ^[deptypes=build]b %c", "a ^c", MAYBE),
        ("a~x", "a ^[when=+x]b", YES),
        ("a+x", "a ^[when=+x]b", MAYBE),
        ("a+x ^b", "a ^[when=+x]b", YES),
        ("a+x ^[when=+y]b", "a ^b", MAYBE),
    ],
)
def test_pairs(one: str, other: str, answer: str) -> None:
    left, right = parse_spec(one), parse_spec(other)
    assert satisfies(left, right) is (answer == YES)
    assert intersects(left, right) is (answer != NO)
    assert intersects(right, left) is (answer != NO)


def provides(provider: Spec, virtual: Spec) -> bool:
    return provider.name == "openmpi" and satisfies(Spec("mpi", versions=virtual.versions), virtual)


def test_who_provides_what_is_asked_of_the_caller() -> None:
    openmpi, mpi = parse_spec("openmpi"), parse_spec("mpi@3")
    assert not satisfies(openmpi, mpi)
    assert satisfies(openmpi, mpi, provides=provides)
    assert intersects(mpi, openmpi, provides=provides)
    assert not satisfies(mpi, openmpi, provides=provides)
    below = parse_spec("a ^mpi=openmpi")
    assert satisfies(below, parse_spec("a ^mpi"))
    assert not satisfies(below, parse_spec("a ^mpi@3"))
    assert satisfies(below, parse_spec("a ^mpi@3"), provides=provides)


def test_a_bare_git_reference_has_no_answer() -> None:
    with pytest.raises(Unanswerable):
        satisfies(parse_spec("a@git.main"), parse_spec("a@1:"))
    assert satisfies(parse_spec("a@git.main=1.2"), parse_spec("a@1:"))
    assert satisfies(parse_spec("a@git.main"), parse_spec("a"))
