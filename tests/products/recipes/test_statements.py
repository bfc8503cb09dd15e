"""The language around directives: blocks, loops, conditions, functions; and what is doubtful."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.recipes.repositories import read_class

from peso.products.recipes.record import Recipe


def _depends(recipe: Recipe) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.spec, one.when) for one in recipe.dependencies]


def test_blocks_nest(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        with when("+a"):
            with when("+b"), default_args(type="run"):
                depends_on("x", when="+c")
            depends_on("y")
            with when(True):
                depends_on("z")
        depends_on("w")
        """,
    )

    assert _depends(recipe) == [
        ("x", ("+a", "+b", "+c")),
        ("y", ("+a",)),
        ("z", ("+a",)),
        ("w", ()),
    ]
    assert recipe.dependencies[0].types == ("run",)
    assert recipe.dependencies[1].types == ("build", "link")


def test_defaults_give_way_to_what_is_said(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        with default_args(when="+a", type="build"):
            with default_args(type="run"):
                depends_on("x")
                depends_on("y", when="+b", type="test")
        """,
    )

    assert _depends(recipe) == [("x", ("+a",)), ("y", ("+b",))]
    assert [one.types for one in recipe.dependencies] == [("run",), ("test",)]


@pytest.mark.parametrize(
    ("body", "specs"),
    [
        ('for x in ("a", "b"):\n    depends_on(x)', ["a", "b"]),
        ('for x in ["a"]:\n    for y in "12":\n        depends_on(f"{x}@{y}")', ["a@1", "a@2"]),
        ('for k, v in {"a": "1"}.items():\n    depends_on(k + "@" + v)', ["a@1"]),
        ('for a, b in zip("ab", [1, 2]):\n    depends_on("%s@%d" % (a, b))', ["a@1", "b@2"]),
        ('for i, x in enumerate(["a"], 1):\n    depends_on("{0}@{1}".format(x, i))', ["a@1"]),
        ('for i in range(1, 3):\n    depends_on("a@{}".format(i))', ["a@1", "a@2"]),
        ('for x in [y + "b" for y in "ac" if y != "c"]:\n    depends_on(x)', ["ab"]),
        ('for x in sorted({"b", "a"}):\n    depends_on(x)', ["a", "b"]),
        ('for x in "a b".split():\n    if x == "a":\n        continue\n    depends_on(x)', ["b"]),
        ('for x in ("a", "b"):\n    depends_on(x)\n    break', ["a"]),
        ('x = ["a"]\nx.append("b")\nfor y in x:\n    depends_on(y)', ["a", "b"]),
        ('x = {"a": ["b"]}\nx["a"][0] += "c"\ndepends_on(x["a"][0])', ["bc"]),
        ('x = "abc"\ndepends_on(x[1:] + x[-1].upper())', ["bcC"]),
        ('x = 3\nwhile x > 1:\n    x -= 1\n    depends_on(f"a@{x}")', ["a@2", "a@1"]),
        ('depends_on("a" if sys.platform == "linux" else "b")', ["a"]),
        ('if sys.platform == "darwin":\n    depends_on("a")\nelse:\n    depends_on("b")', ["b"]),
        ('if platform.machine() in ("x86_64",):\n    depends_on("a")', ["a"]),
        ('depends_on(os.path.join("a", "b").replace("/", "-"))', ["a-b"]),
        ('(a, *b), c = ("x", "y", "z"), "w"\ndepends_on(a + c + "".join(b))', ["xwyz"]),
        ('x = Version("1.2.3")\ndepends_on(f"a@{x.up_to(2)} b={x.joined}")', ["a@1.2 b=123"]),
        ('if Version("1.10") > Version("1.9"):\n    depends_on("a")', ["a"]),
        ("for x in CONSTANT:\n    depends_on(x)\n    del x", ["from-module"]),
        (
            'try:\n    x = {}["a"]\n    depends_on("a")\nexcept KeyError:\n    depends_on("b")',
            ["b"],
        ),
        ('depends_on(*["a"], **{"type": "build"})', ["a"]),
        ('x = "a"\nx *= 2\ndepends_on(x)', ["aa"]),
        ('depends_on(max("a", "b") + str(len("abc")) + str(min([2, 1])))', ["b31"]),
        ('for a, b in itertools.product("ab", "c"):\n    depends_on(a + b)', ["ac", "bc"]),
        ('if any(x == "a" for x in "ba") and not False:\n    depends_on("a")', ["a"]),
        ('depends_on(next_one("a"))', ["a-next"]),
        ('for x in each("ab"):\n    depends_on(x)', ["a1", "b1"]),
        ('more("x", kind="y")', ["x-y", "x-default"]),
        ('if (n := re.match(r"\\d+", "12a").group()) == "12":\n    depends_on("a@" + n)', ["a@12"]),
    ],
)
def test_what_is_plain_is_evaluated(tmp_path: Path, body: str, specs: list[str]) -> None:
    before = """
    import itertools
    import os
    import platform
    import re
    import sys

    CONSTANT = ("from-module",)

    def next_one(name):
        "A plain function."
        if not name:
            raise ValueError(name)
        return name + "-next"

    def each(names):
        for one in names:
            yield one + "1"

    def more(*names, kind="default", other=lambda: "default"):
        for name in names:
            depends_on(f"{name}-{kind}")
            depends_on(f"{name}-{other()}")
    """
    recipe = read_class(tmp_path, body, before)

    assert recipe.unread == ()
    assert [spec for spec, _ in _depends(recipe)] == specs


def test_a_function_called_in_a_block_is_in_the_block(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        'with when("+a"):\n    both("x")',
        before="def both(name):\n    depends_on(name)\n    conflicts('+b')",
    )

    assert _depends(recipe) == [("x", ("+a",))]
    assert recipe.conflicts[0].when == ("+a",)
    assert recipe.dependencies[0].line == 3
    assert recipe.conflicts[0].line == 4


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ('if open("/etc/passwd"):\n    depends_on("a")', [("depends_on", 6)]),
        (
            'for x in os.listdir("/"):\n    version(x)\n    depends_on(x)',
            [("version", 6), ("depends_on", 7)],
        ),
        ('with os.scandir():\n    depends_on("a")', [("depends_on", 6)]),
        ("x = os.uname()\ndepends_on(x)", [("depends_on", 6)]),
        (
            'x = ["a"]\nx.append(os.uname())\nfor y in x[1:]:\n    depends_on(y)',
            [("depends_on", 8)],
        ),
        ('x = {"a": "b"}\nx[os.uname()] = "c"\ndepends_on(x["a"])', [("depends_on", 7)]),
        ("helper(os.uname())", [("*", 5)]),
        ('unheard_of("a")', [("*", 5)]),
        ("eval(\"depends_on('a')\")", [("*", 5)]),
        ('x = "a"\nif os.uname():\n    x = "b"\ndepends_on(x)', [("depends_on", 8)]),
    ],
)
def test_what_is_not_known_is_said_never_guessed(
    tmp_path: Path, body: str, unread: list[tuple[str, int]]
) -> None:
    before = "import os\ndef helper(x): depends_on(x)"
    recipe = read_class(tmp_path, f'{body}\nversion("1", sha256="a")', before)

    assert [(one.directive, one.line) for one in recipe.unread] == unread
    assert [one.number for one in recipe.versions] == ["1"]
    assert recipe.dependencies == ()


def test_a_list_that_a_function_did_something_unknown_to_is_not_trusted(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        """
        x, y, z = ["a"], {"b": "b"}, {"c"}
        fill(x, y, z)
        for one in (x, y, z):
            for name in one:
                depends_on(name)
        """,
        before="""
        import os
        def fill(some, more, others):
            some.append(os.uname())
            more[os.uname()] = "c"
            others.add(os.uname())
        """,
    )

    assert [one.name for one in recipe.dependencies] == ["a", "b", "c"]
    assert len(recipe.unread) == 3


def test_an_unknown_branch_with_a_return_makes_the_whole_call_unknown(tmp_path: Path) -> None:
    recipe = read_class(
        tmp_path,
        'depends_on("a", when=pick())',
        before="import os\ndef pick():\n    if os.uname():\n        return '+a'\n    return '+b'",
    )

    assert recipe.dependencies == ()
    assert "os.uname" in recipe.unread[0].reason


def test_the_environment_of_this_process_is_never_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THING", "yes")
    recipe = read_class(
        tmp_path,
        """
        if os.environ.get("THING"):
            depends_on("a")
        if os.path.exists("/"):
            depends_on("b")
        url = f"file://{os.getcwd()}/x"
        """,
        before="import os",
    )

    assert recipe.dependencies == ()
    assert recipe.url == "file://$PWD/x"
