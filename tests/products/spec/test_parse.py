"""Reading specs: every form of the grammar, and every fault at its place."""

from __future__ import annotations

import pytest

from peso.products.spec.parse import LONGEST, SpecError, parse_spec, parse_specs
from peso.products.spec.spec import EMPTY, Arch, Edge, Flag, Spec, Variant
from peso.products.spec.versions import parse_versions


def test_a_name_and_its_attributes() -> None:
    spec = parse_spec("builtin.hdf5@1.10:+mpi~cxx api=v18 ++shared cflags='-O2 -I x' /ab1")
    assert spec == Spec(
        name="hdf5",
        namespace="builtin",
        versions=parse_versions("1.10:"),
        variants=(
            Variant("api", ("v18",), exact=False),
            Variant("cxx", value=False),
            Variant("mpi", value=True),
            Variant("shared", value=True, propagate=True),
        ),
        flags=(Flag("cflags", "-O2"), Flag("cflags", "-I x")),
        hash="ab1",
    )


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("a=x,b", Variant("a", ("b", "x"), exact=False)),
        ("a:=x,b", Variant("a", ("b", "x"))),
        ("a==x", Variant("a", ("x",), propagate=True, exact=False)),
        ("a:==x", Variant("a", ("x",), propagate=True)),
        ("a=*", Variant("a", (), exact=False)),
        ("a=True", Variant("a", value=True)),
        ("a='x y'", Variant("a", ("x y",), exact=False)),
        (r"""a="x \" y" """, Variant("a", ('x " y',), exact=False)),
        ("~ a", Variant("a", value=False)),
        ("-a", Variant("a", value=False)),
        ("--a", Variant("a", value=False, propagate=True)),
    ],
)
def test_variants(text: str, variant: Variant) -> None:
    assert parse_spec(text) == Spec(variants=(variant,))
    assert parse_spec(text).variant("a") == variant
    assert parse_spec(text).variant("b") is None


@pytest.mark.parametrize(
    ("text", "arch"),
    [
        ("arch=linux-rhel8-zen2", Arch("linux", "rhel8", "zen2")),
        ("arch=x86_64_v3:", Arch(target="x86_64_v3:")),
        ("platform=linux target=zen2,zen3", Arch("linux", "", "zen2,zen3")),
        ("os=rhel8", Arch(os="rhel8")),
    ],
)
def test_arch(text: str, arch: Arch) -> None:
    assert parse_spec(text).arch == arch


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("^b", Edge(Spec("b"))),
        ("%b", Edge(Spec("b"), direct=True)),
        ("%%b", Edge(Spec("b"), direct=True, propagate=True)),
        ("%c,cxx=b", Edge(Spec("b"), direct=True, virtuals=("c", "cxx"))),
        ("%[virtuals=c] b", Edge(Spec("b"), direct=True, virtuals=("c",))),
        ("^[deptypes=run,link]c=b", Edge(Spec("b"), types=("link", "run"), virtuals=("c",))),
        ("^[when='+x']b", Edge(Spec("b"), when=parse_spec("+x"))),
        ("%[when=%b] b", Edge(Spec("b"), direct=True, when=parse_spec("%b"))),
        ("^", Edge(EMPTY)),
        ("^*", Edge(EMPTY)),
        ("% @2", Edge(Spec(versions=parse_versions("2")), direct=True)),
        ("%clang", Edge(Spec("llvm"), direct=True)),
        ("^clang", Edge(Spec("clang"))),
    ],
)
def test_dependencies(text: str, edge: Edge) -> None:
    assert parse_spec(f"a {text}") == Spec("a", edges=(edge,))


def test_a_compiler_belongs_to_the_node_before_it() -> None:
    spec = parse_spec("a %x ^b %y ^c")
    assert [edge.spec.name for edge in spec.edges] == ["b", "c", "x"]
    assert [edge.spec.name for edge in spec.edges[0].spec.edges] == ["y"]
    assert [node.name for node in spec.walk()] == ["a", "b", "y", "c", "x"]


def test_the_same_dependency_twice_is_one() -> None:
    assert parse_spec("a ^b@1: ^b+x ^b@:2 %y") == parse_spec("a ^b@1:2+x %y")
    assert parse_spec("%c=b %cxx=b") == parse_spec("%c,cxx=b")
    assert len(parse_spec("%[deptypes=build]b@1 %[deptypes=link]b@2").edges) == 2


def test_several_specs() -> None:
    assert parse_specs("a@1 +x b%c d") == (
        parse_spec("a@1+x"),
        parse_spec("b %c"),
        parse_spec("d"),
    )
    assert parse_specs("/ab /cd") == (Spec(hash="ab"), Spec(hash="cd"))
    assert parse_specs(" \n") == ()
    assert parse_spec(" ") is EMPTY


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("a b", 2, "expected one spec"),
        ("a@1@2", 3, "one @"),
        ("a+x~x", 3, "variant x is given twice"),
        ("a?", 1, "unexpected '\\?'"),
        ("ab ]", 3, "no attributes"),
        ("a ^[foo=1]b", 4, "expected when="),
        ("a ^[when==+x]b", 4, "expected when="),
        ("a ^[when='']b", 4, "it is empty"),
        ("a ^[when='+x+x']b", 4, "in the condition: variant x"),
        ("a ^[deptypes=all]b", 4, "expected types among build, link, run, test"),
        ("a ^[when=+x", 11, r"expected \]"),
        ("a@3:1", 1, "empty"),
        ("a target=x target=y", 11, "target is given twice"),
        ("a platform=x arch=y", 13, "platform is given twice"),
        ("a os==x", 2, "cannot be propagated"),
        ("a++patches", 1, "cannot be propagated"),
        ("a+cflags", 1, "takes a value"),
        ("a x=y,*", 2, "stands for any"),
        ("a ^b@1 ^b@2", 7, "two constraints on b contradict: no version is in both @1 and @2"),
        ("a ^[deptypes=link]b ^[deptypes=run]b", 20, "cannot be apart"),
        ("./a.json", 0, "names a spec file"),
        ("x" * (LONGEST + 1), LONGEST, "at most"),
    ],
)
def test_faults(text: str, position: int, said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        parse_spec(text)
    assert caught.value.position == position


def test_a_fault_is_shown_under_its_place() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec("hdf5@1.2 !")
    assert str(caught.value).splitlines()[1:] == ["  hdf5@1.2 !", "           ^"]
