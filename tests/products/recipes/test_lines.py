"""Plain lines of a class: what is taken out says what its statement says, and nothing else is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.products.recipes.repositories import write_repository

from peso.products.recipes.library import Library
from peso.products.recipes.lines import Lines, put_back, shortened
from peso.products.recipes.parse import parse
from peso.products.recipes.reader import read_recipe
from peso.products.recipes.record import Recipe, Unreadable
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.repository import Repositories, open_repository
from peso.products.recipes.source import FolderSource

PLAIN = [
    'version("1.0", sha256="ab")',
    'version("1.0", sha256="ab")  # it\'s "old"',
    'version("main", branch="main", submodules=True)',
    'version(\n        "1.0",\n        sha256="ab",\n        deprecated=True,\n    )',
    'depends_on("a@1: +x")',
    'depends_on("ä", when="@1 #no comment")',
    'depends_on("a", type=("build", "run"), when=" +x ")',
    'depends_on("a", type=("link",), when="")',
    'depends_on("a", when=True)',
    'depends_on("a", type="wrong")',
    'depends_on("")',
    'conflicts("+x", when="@1", msg="no, (really)")',
    'variant("x", default=False, description="About # it")',
    'license("MIT")',
    'license("MIT", checked_by="ann", when="@1")',
    'license("MIT", checked_by=("ann", "bob"))',
    'maintainers("ann", "bob")',
    'patch("a.patch", when="@1", sha256="c")',
    'requires("+x", "+y", policy="any_of")',
    'provides("v", when="@1")',
    'extends("python")',
    'homepage = "https://x.test/"',
    'build_system("a", "b", default="b")',
    'variant("x", default="a", values=("a", "b"), multi=False)',
    'depends_on("a", "@1", ("build", "link"))',
]
OTHER = [
    "version('1.0', sha256='ab')",
    'version("1.0", sha256="a\\x62")',
    'version("1.0", sha256=f"ab")',
    'version("1" ".0", sha256="ab")',
    'version("1.0", sha256="ab"); version("2", sha256="ab")',
    'depends_on("a", type=("build"))',
    'depends_on("a", type=())',
    'depends_on("a", patches="x")',
    'depends_on("a", when=name)',
    'depends_on(when="a", "b")',
    'conflicts("a", # why\n        when="b")',
    'homepage = "a" "b"',
    'homepage = url = "a"',
    'somewhere = "a"',
    'mine("a")',
    'version ("1.0", sha256="ab")',
    'version("1.0", sha256="ab") \\\n',
    'version("""1.0""", sha256="ab")',
]


def _class(*lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"from spack.package import *\n\n\nclass Thing(Package):\n{body}\n"


def _read(place: Path, text: str) -> Recipe | Unreadable:
    root = write_repository(place, {"thing": text})
    repository = open_repository(FolderSource(root), 0)
    library = Library(Repositories((repository,)))
    return read_recipe(library, repository, "thing", repository.file_of("thing")).recipe


def _without(recipe: Recipe | Unreadable) -> Recipe:
    """Return a recipe without what says which file it was read from."""
    assert isinstance(recipe, Recipe)
    return replace(recipe, digest="", repository="")


def _taken_out(text: str) -> int:
    found = [one for top in parse(text.encode()).body for one in getattr(top, "body", ())]
    return sum(len(one.several) for one in found if isinstance(one, Lines))


@pytest.mark.parametrize("line", PLAIN)
def test_a_plain_line_says_what_its_statement_says(line: str, tmp_path: Path) -> None:
    short, statement = _class('"""About."""', line), _class('"""About."""', f"pass; {line}")

    assert (_taken_out(short), _taken_out(statement)) == (1, 0)
    assert _without(_read(tmp_path / "a", short)) == _without(_read(tmp_path / "b", statement))


@pytest.mark.parametrize("line", OTHER)
def test_any_other_line_is_left_to_the_parser(line: str) -> None:
    text = _class('"""About."""', line)

    assert shortened(text) == (text, {}, {})


def test_lines_of_a_run_keep_their_numbers(tmp_path: Path) -> None:
    recipe = _read(
        tmp_path,
        _class(
            *('version("3", sha256="a")', "", 'version(\n        "2", sha256="b"\n    )'),
            *('version("1", sha256="c")', "parallel = False", 'conflicts("@1")'),
        ),
    )

    assert isinstance(recipe, Recipe)
    assert [(one.number, one.line) for one in recipe.versions] == [("3", 5), ("2", 7), ("1", 10)]
    assert [one.line for one in recipe.conflicts] == [12]


@pytest.mark.parametrize(
    "text",
    [
        _class('"""', 'version("1", sha256="a")', '"""'),
        _class("text = '''", 'version("1", sha256="a")', "'''"),
        _class("several = (", 'version("1", sha256="a")', ")"),
        _class("several = [", 'depends_on("a")', ", ", 'depends_on("b")', "]"),
        _class("(", 'version("1", sha256="a")', ")"),
        _class("if True:", "    pass", "parallel = \\", 'version("1", sha256="a")'),
        'if True:\n    version("1", sha256="a")\n',
        'def mine():\n    version("1", sha256="a")\n\n\nclass Thing(Package):\n    pass\n',
        'if True:\n  class Thing(Package):\n    version("1", sha256="a")\n',
    ],
)
def test_what_only_looks_like_a_statement_of_a_class_is_not_taken_out(text: str) -> None:
    assert _taken_out(text) == 0
    assert ast.dump(parse(text.encode())) == ast.dump(ast.parse(text))


def test_a_zero_of_a_recipe_is_not_ours(tmp_path: Path) -> None:
    recipe = _read(tmp_path, _class("0", 'version("1", sha256="a")', "(", "0", ")"))

    assert isinstance(recipe, Recipe)
    assert [one.line for one in recipe.versions] == [6]


@pytest.mark.parametrize(
    "text",
    [
        _class('version("1", sha256="a")', "  depends_on(x)"),
        _class('version("1", sha256="a")', "def f(self:", "    pass"),
        'class Thing(Package):\n\tx = 1\n    version("1", sha256="a")\n',
        'class Thing(Package):\n        x = 1\n    version("1", sha256="a")\n    version("2")\n',
        'class Thing(Package): pass\n    version("1", sha256="a")\n',
    ],
)
def test_what_is_wrong_is_said_as_python_says_it(text: str) -> None:
    with pytest.raises(SyntaxError) as wrong:
        ast.parse(text)
    with pytest.raises(CannotRead) as said:
        parse(text.encode())

    assert said.value.reason == f"line {wrong.value.lineno}: it is not Python: {wrong.value.msg}"


def test_a_name_that_is_not_spacks_is_read_as_written(tmp_path: Path) -> None:
    text = _class('version("1", sha256="a")', 'depends_on("a")', 'license("MIT")')
    mine = text.replace(
        "\n\n\n", "\n\n\ndef version(number, sha256):\n    depends_on(number + sha256)\n\n\n", 1
    )
    recipe = _read(tmp_path, mine)

    assert isinstance(recipe, Recipe)
    assert recipe.versions == ()
    assert [one.name for one in recipe.dependencies] == ["1a", "a"]
    assert [one.line for one in recipe.dependencies] == [5, 10]


def test_a_line_that_repeats_an_argument_is_read_as_written(tmp_path: Path) -> None:
    line = 'depends_on("a", when="+x", when="+y")'
    ours, pythons = _class(line), _class(f"pass; {line}")

    assert _without(_read(tmp_path / "a", ours)) == _without(_read(tmp_path / "b", pythons))


@pytest.mark.parametrize(
    "text",
    [
        "\n    version(" * 50_000,
        '\n    depends_on("a"' + ', when="a"' * 50_000,
        '\n    depends_on("a", type=(' + '"a", ' * 50_000,
        '\n    license("a",' + "\n" * 200_000,
        ('\n    license("a"' + " " * 300) * 2_000,
        '\n    version("1", sha256="a")' + " " * 200_000 + "x",
    ],
)
def test_a_text_made_to_hurt_comes_to_an_end(text: str) -> None:
    assert shortened(text) == (text, {}, {})  # in milliseconds; it would be hours, or never


_SOME = st.sampled_from(
    [
        *("    ", "\n", "\n    ", "0", '"', '"""', "'''", "\\\n", "#", "(", ")", "[", "]", ","),
        *("class A(B):\n", "x = ", "if x:\n", "    pass\n", "def f():\n", "; ", "\t", "\r", "\f"),
        *('\n    version("1", sha256="a")\n', '\n    depends_on("a")', '\n    url = "u"\n'),
    ]
)


@given(st.lists(_SOME, max_size=25).map("".join))
def test_taking_out_never_changes_what_python_would_see(text: str) -> None:
    text = f"class A(B):\n    x = 1\n{text}\n"
    taken = shortened(text)
    try:
        tree = ast.parse(taken.text)
    except (SyntaxError, ValueError):
        return
    if not put_back(tree, taken):
        return
    lines = {one for several in taken.runs.values() for one, _ in several}
    whole = ast.parse(text)  # raises where taking out had hidden a fault
    for top in (*whole.body, *tree.body):
        if isinstance(top, ast.ClassDef):
            top.end_lineno = top.end_col_offset = 0  # its last line may be another now
            top.body = [
                one for one in top.body if not isinstance(one, Lines) and one.lineno not in lines
            ] or [ast.Pass()]

    assert ast.dump(tree, include_attributes=True) == ast.dump(whole, include_attributes=True)
