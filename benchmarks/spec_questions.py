"""Questions about specs and versions, from real recipes and made up, for `agree_spec.py`.

Everything is drawn with a seed: the same recipes and seed give the same questions.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SPEC_FIRST = frozenset(
    ("depends_on", "conflicts", "requires", "provides", "extends", "when", "any_of", "satisfies")
)
"""Calls whose text arguments are specs; `satisfies` is what recipes ask of `self.spec`."""
SPEC_KEYS = frozenset(("when", "msg_when"))


@dataclass(slots=True)
class Texts:
    """Spec and version texts of one recipe."""

    specs: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)


def read_recipes(folder: Path) -> list[Texts]:
    """Collect the texts of all recipes of a repository, or of its `packages`, in their order."""
    packages = folder / "packages" if (folder / "packages").is_dir() else folder
    return [_texts(path) for path in sorted(packages.glob("*/package.py"))]


def _texts(path: Path) -> Texts:
    texts = Texts()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        first = [arg.value for arg in node.args if _is_text(arg)]  # type: ignore[attr-defined]
        if name == "version":
            texts.versions += first[:1]
        elif name in SPEC_FIRST:
            texts.specs += first
        texts.specs += [
            key.value.value  # type: ignore[attr-defined]
            for key in node.keywords
            if key.arg in SPEC_KEYS and _is_text(key.value)
        ]
    return texts


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def real_pairs(recipes: list[Texts], count: int, chance: random.Random) -> list[tuple[str, str]]:
    """Pair texts of the same recipe; in a part of them one side asks for both."""
    rich = [texts.specs for texts in recipes if len(texts.specs) > 1]
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        one, other = chance.sample(chance.choice(rich), 2)
        kind = chance.random()
        if kind < 0.4:
            pairs.append((one, other))
        elif kind < 0.9:
            pairs.append((f"{one} {_anonymous(other)}", chance.choice((one, _anonymous(other)))))
        else:
            pairs.append((one, one))
    return pairs


def _anonymous(text: str) -> str:
    """Return a constraint without the name it begins with."""
    rest = text.lstrip("abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return text if rest[:1] in {"=", ":", "."} else rest or text


NAMES = ("zlib", "hdf5", "openmpi", "gcc", "llvm", "nowhere", "builtin.zlib")
VARIANTS = ("mpi", "shared", "api")
VALUES = ("a", "b", "a,b", "none", "b,c", "true", "False", "*", "'x y'")
TARGETS = (
    "x86_64",
    "x86_64_v3",
    "zen2",
    "zen3",
    "skylake",
    "x86_64_v2:",
    ":skylake",
    "zen:zen3",
    "x86_64:x86_64_v4",
    "aarch64:",
    "neoverse_n1",
    "zen2,aarch64:",
    "x86_64_v3:zen3",
)
FLAGS = ("-O2", "-O3 -g", "-O2 -g", "-I x", "")
PIECES = (
    "1",
    "2",
    "10",
    "0",
    "02",
    "a",
    "b",
    "rc",
    "alpha",
    "beta",
    "rc1",
    "alpha2",
    "final",
    "p",
    "main",
    "develop",
    "master",
    "head",
    "trunk",
    "stable",
    "nightly",
    "z",
    "Z",
    "mains",
    "99",
)
LINKS = (".", ".", ".", "-", "_", "")


def made_version(chance: random.Random) -> str:
    """Make up a version."""
    pieces = chance.choices(PIECES, k=chance.choice((1, 2, 2, 3, 3, 4)))
    text = pieces[0]
    for piece in pieces[1:]:
        text += chance.choice(LINKS) + piece
    return text


def near_version(chance: random.Random) -> str:
    """Make up a version of a small world, so that many are equal or in each other's ranges."""
    text = ".".join(str(chance.randint(1, 3)) for _ in range(chance.choice((1, 2, 2, 3))))
    return chance.choice(
        (text, text, text, text + "-rc1", text + "rc", "main", "develop", text + "b")
    )


def made_versions(chance: random.Random) -> str:
    """Make up a constraint on versions."""
    low, high = near_version(chance), near_version(chance)
    several = f"{low},{high}:,={near_version(chance)}"
    git = chance.choice((f"git.{chance.choice('ab')}={low}", "git.main", "a" * 40))
    forms = (f"={low}", f"{low}:", f":{high}", f"{low}:{high}", several, git, low, low, low)
    return chance.choice(forms)


def made_node(chance: random.Random, *, named: bool) -> str:
    """Make up a node without dependencies."""
    text = chance.choice(NAMES) if named else ""
    if chance.random() < 0.5:
        text += f"@{made_versions(chance)}"
    for variant in chance.sample(VARIANTS, chance.randrange(3)):
        kind = chance.random()
        if kind < 0.45:
            text += f"{chance.choice('+~')}{variant}"
        elif kind < 0.55:
            text += f"{chance.choice(('++', '~~'))}{variant}"
        else:
            sign = chance.choice(("=", "=", "=", ":=", "=="))
            text += f" {variant}{sign}{chance.choice(VALUES)}"
    if chance.random() < 0.15:
        sign = chance.choice(("=", "=="))
        text += f" {chance.choice(('cflags', 'ldflags'))}{sign}'{chance.choice(FLAGS)}'"
    if chance.random() < 0.15:
        text += f" target={chance.choice(TARGETS)}"
    if chance.random() < 0.1:
        text += f" platform={chance.choice(('linux', 'darwin'))} os=rhel8"
    if chance.random() < 0.05:
        text += f" /{chance.choice(('abc', 'abcd', 'x'))}"
    return text


def made_edge(chance: random.Random) -> str:
    """Make up a dependency."""
    sigil = chance.choice(("^", "^", "%", "%", "%%"))
    if chance.random() < 0.3:
        when = chance.choice(("+mpi", "@2:", "~shared", "api=a", "%gcc"))
        said = chance.sample(
            ("deptypes=build", "deptypes=link,run", f"when='{when}'", "virtuals=mpi"),
            chance.randint(1, 2),
        )
        sigil += f"[{' '.join(dict.fromkeys(said))}]"
    name = chance.choice(("mpi", "zlib", "gcc", "clang", "openmpi", "llvm"))
    if chance.random() < 0.2:
        name = f"{chance.choice(('c', 'c,cxx', 'mpi'))}={name}"
    return f" {sigil}{name}{made_node(chance, named=False)}"


def made_spec(chance: random.Random) -> str:
    """Make up a spec."""
    text = made_node(chance, named=chance.random() < 0.6)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
        text += made_edge(chance)
    return text.strip()


def made_pairs(count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Make up pairs; in a part of them one side asks for more of the same."""
    for _ in range(count):
        one, other = made_spec(chance), made_spec(chance)
        kind = chance.random()
        if kind < 0.4:
            yield one, other
        elif kind < 0.8:
            node = made_node(chance, named=False)
            yield f"{node} {made_edge(chance) if chance.random() < 0.3 else ''}", node
        else:
            yield one, one


def broken(texts: list[str], count: int, chance: random.Random) -> list[str]:
    """Change, drop or double a character of real texts."""
    made = []
    for _ in range(count):
        text = chance.choice(texts) or "x"
        place = chance.randrange(len(text))
        put = chance.choice(" @+~-=:,^%[]/*.'\"ab1\\|")
        keep = chance.choice((text[place], "", ""))
        made.append(text[:place] + put + keep + text[place + 1 :])
    return made
