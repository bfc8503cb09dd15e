"""Recipes made to hurt: each ends, soon, with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.products.recipes.repositories import (
    HEAD,
    read_any,
    read_class,
    read_text,
    write_repository,
)

from peso.products.recipes.library import Library
from peso.products.recipes.machine import LONGEST_TEXT
from peso.products.recipes.reader import read_recipe
from peso.products.recipes.record import Recipe, Unreadable
from peso.products.recipes.repository import Repositories, Repository
from peso.products.recipes.source import RecipeSource, Seen

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"x = " + b"(" * MEGABYTE, "not Python"),
        (b"x = " + b"-" * MEGABYTE + b"1", "nested too deep"),
        (b"x = 1" + b"+1" * (MEGABYTE // 2), "nested too deep"),
        (b"x = a" + b".a" * (MEGABYTE // 2), "nested too deep"),
        (b"x = " + b"[" * 150 + b"]" * 150, "does not define the class"),
        (b"\n".join(b" " * n + b"if x:" for n in range(1400)), "not Python"),
        (b"x = '\xff'", "line 1 is not UTF-8"),
        (b"x = 1\0", "a null byte"),
        (b"#" * (1 << 21), "larger than 1 MiB"),
        (b"class Thing(", "not Python"),
        (b"", "does not define the class Thing"),
        (b"Thing = 3", "does not define the class Thing"),
        (b"if x:\n" + b"elif x:\n pass\n" * 60_000, "not Python"),
        (b"lambda: " * 100_000 + b"1", "nested too deep"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, text: bytes, reason: str) -> None:
    recipe = read_text(tmp_path, text)

    assert isinstance(recipe, Unreadable)
    assert reason in recipe.reason


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    pass",
        "for a in range(9999):\n    for b in range(9999):\n        version(f'{a}.{b}')",
        "def f():\n    while True:\n        pass\nf()",
        "x = 'a' * 1000\nfor n in range(90000):\n    y = x + str(n) + x",
    ],
)
def test_a_recipe_that_never_ends(tmp_path: Path, body: str) -> None:
    text = "\n    ".join([f"{HEAD}class Thing(PackageBase):", *body.splitlines()])
    recipe = read_text(tmp_path, text.encode())

    assert isinstance(recipe, Unreadable)
    assert "more steps than any honest recipe" in recipe.reason


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 10**10",
        "[1] * 10**9",
        "range(10**12)",
        "range(-(10**30), 10**30)",
        "'%1000000000d' % 1",
        "'%*d' % (1000000000, 1)",
        "'{:1000000000}'.format(1)",
        "'{:{}}'.format(1, 1000000000)",
        "f'{1:1000000000}'",
        "'a'.ljust(10**10)",
        "('a' * 1000).replace('a', 'b' * 100000)",
        "('b' * 100000).join('a' * 100000)",
        "10**10**10",
        "1 << 10**10",
        "re.match('(a+)+$', 'a' * 64)",
        "re.match('a*a*a*a*b', 'a' * 199)",
        "list(itertools.permutations(range(40)))",
        "list(itertools.product(range(100), repeat=9))",
        "'{0.__class__}'.format('')",
        "str(doubled)",
        "doubled == doubled",
        "(doubled, 1) in {(doubled, 1): 1}",
        "int('9' * 10000)",
        "recurse(1)",
        "().__class__.__bases__[0].__subclasses__()",
        "__import__('os').system('true')",
        "getattr(os, 'system')('true')",
    ],
)
def test_a_value_that_would_explode(tmp_path: Path, expression: str) -> None:
    before = "import itertools\nimport os\nimport re\ndef recurse(x):\n    return recurse(x + 1)\n"
    body = ["doubled = []", "for _ in range(60):", "    doubled = [doubled, doubled]"]
    lines = ["class Thing(PackageBase):", *body, f"x = {expression}", "version(x)"]
    text = "\n    ".join(lines)
    recipe = read_text(tmp_path, f"{HEAD}{before}{text}\n".encode())

    if isinstance(recipe, Recipe):
        assert recipe.versions == ()
        assert {one.directive for one in recipe.unread} - {"*"} == {"version"}
    else:
        assert "more steps" in recipe.reason


def test_a_text_that_doubles_stays_small(tmp_path: Path) -> None:
    recipe = read_class(tmp_path, "x = 'ab'\nfor n in range(60):\n    x += x\nversion(x)")

    assert recipe.versions == ()
    assert str(LONGEST_TEXT * 2) in recipe.unread[0].reason


def test_links_pipes_and_folders(tmp_path: Path) -> None:
    root = write_repository(tmp_path, {"good": f"{HEAD}class Good(PackageBase):\n    pass\n"})
    below = root / "packages"
    (below / "loop").mkdir()
    (below / "loop" / "package.py").symlink_to("package.py")
    (below / "pipe").mkdir()
    os.mkfifo(below / "pipe" / "package.py")
    (below / "folder" / "package.py").mkdir(parents=True)

    for name in ("loop", "pipe", "folder"):
        recipe = read_any(root, name)
        assert isinstance(recipe, Unreadable), recipe
    assert isinstance(read_any(root, "good"), Recipe)


class _Memory:
    """A source with one recipe, in memory."""

    label = "memory"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def folders(self, subdirectory: str) -> tuple[str, ...]:
        assert subdirectory
        return ("thing",)

    def recipes(self, subdirectory: str) -> dict[str, str]:
        return {"thing": subdirectory}

    def signature(self, file: str) -> str:
        return file if file.startswith("packages/thing") else ""

    def read(self, file: str) -> bytes:
        assert file
        return self._data

    def look(self, file: str) -> Seen:
        return Seen(self.read(file), self.signature(file))


def _read(data: bytes) -> Recipe | Unreadable:
    source: RecipeSource = _Memory(data)
    repository = Repository(0, source, "small", (2, 0), "packages")
    library = Library(Repositories((repository,)))
    return read_recipe(library, repository, "thing", "packages/thing/package.py").recipe


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer(data: bytes) -> None:
    assert isinstance(_read(data), Unreadable)


_WORDS = st.sampled_from(
    [
        *("version", "depends_on", "variant", "conflicts", "patch", "when", "x", "y", "for", "in"),
        *("if", "else", ":", "(", ")", "[", "]", "{", "}", ",", "=", "+", "*", "%", "'a'", '"b"'),
        *("f'{x}'", "1", "0", "None", "True", "lambda", "def", "class", "return", "with", "."),
        *("\n    ", "\n        ", "range", "str", "join", "format", "Thing", "not", "and", "is"),
        *("default=", "type=", "values=", "while", "try", "except", "del", "import", "from"),
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_WORDS, max_size=40))
def test_any_words_are_an_answer(words: list[str]) -> None:
    text = f"{HEAD}class Thing(PackageBase):\n    x = 'x'\n    {' '.join(words)}\n"

    assert isinstance(_read(text.encode()), (Recipe, Unreadable))


_EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["x", "y", "'a'", "1", "-1", "[]", "{}", "None", "(1,)", "'{}'", "'%s'", "1.5"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+*%-/|&<>"), inner).map(lambda p: f"({' '.join(p)})"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}[{p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}.format({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}.join({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"{{{p[0]}: {p[1]}}}"),
        st.tuples(inner, inner).map(lambda p: f"[{p[0]} for y in {p[1]}]"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} if {p[1]} else y)"),
        inner.map(lambda one: f"sorted({one})"),
        inner.map(lambda one: f"f'{{{one}}}'" if "'" not in one else f"str({one})"),
        inner.map(lambda one: f"any_combination_of(*{one})"),
        inner.map(lambda one: f"Version({one}).up_to(2)"),
        inner.map(lambda one: f"conditional({one}, when={one})"),
    ),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_EXPRESSIONS, _EXPRESSIONS)
def test_any_expression_is_an_answer(first: str, second: str) -> None:
    text = (
        f"{HEAD}class Thing(PackageBase):\n    x = y = 'x'\n    x = {first}\n"
        f"    for y in {second}:\n        depends_on(x, when=y)\n"
        f"    variant('v', default=x, values={second})\n    version(x, sha256=y)\n"
    )

    recipe = _read(text.encode())

    assert isinstance(recipe, (Recipe, Unreadable))
    if isinstance(recipe, Recipe):
        said = (*recipe.versions, *recipe.variants, *recipe.unread)
        assert {"version", "variant"} <= {
            getattr(one, "directive", type(one).__name__.lower()) for one in said
        }
