"""How far specs agree with a real Spack: reading, satisfaction, intersection, order of versions.

Asks PESO and Spack (`PESO_SPACK`, run once, as another process) the same questions, from a seed:

1. does a text parse, and to what (real texts of all recipes, made ones, broken ones);
2. 10,000 pairs of specs, half of them real: does one satisfy the other, do they intersect, what is
   both; at least 30 % satisfy and at least 30 % do not, by Spack's answer;
3. 10,000 pairs of versions: which comes first; as many of constraints on versions: satisfies,
   intersects, intersection, union.

Agreed, wrong and unknown (one side answers, the other says that it cannot) are reported apart, with
every disagreement; a known departure is marked with its reason (`docs/accuracy/spec.md`). Exit
status 1: something is wrong without such a reason, or a share is missed.
"""

# ruff: noqa: ANN401 - answers are JSON

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.spec_questions import (
    broken,
    made_pairs,
    made_spec,
    made_version,
    made_versions,
    near_version,
    read_recipes,
    real_pairs,
)
from benchmarks.which_spack import spack_command

from peso.products.spec.constrain import constrain
from peso.products.spec.faults import Contradiction, SpecError, Unanswerable
from peso.products.spec.parse import parse_spec, parse_specs
from peso.products.spec.satisfies import intersects, satisfies
from peso.products.spec.spec import COMPILER_PACKAGES, Arch, Edge, Spec, Variant
from peso.products.spec.text import format_spec
from peso.products.spec.versions import Range, Version, Versions, parse_version, parse_versions

SHARE = 0.3
TWICE = "the same dependency twice: Spack loses what is said the second time"
HOLLOW = "a range that ends before it begins: to Spack it meets others, in nothing"
_RANGE = re.compile(r"@([\w.-]+:[\w.-]+)")
PROVIDERS = "takes knowledge of who provides what; Spack without its recipes says the same"
SWITCHED = "~os is an operating system called False to Spack"
_SWITCHED = re.compile(r"[-+~](?:os|operating_system|platform|target|namespace)\b")
_DEPENDENCY = re.compile(r"[\^%](?:\[[^]]*\])?\s*(?:[\w,-]+=)?([\w.-]+)")
ERROR = "error"
CANNOT = "VersionLookupError"
"""What Spack raises where it would have to look into a git repository."""


@dataclass(slots=True)
class Tally:
    """Answers to one kind of question."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def add(self, asked: object, mine: Any, theirs: Any, reason: str = "") -> None:
        verdict = judged(mine, theirs)
        if is_error(theirs) and theirs[ERROR] == "RecursionError":
            reason = reason or "Spack runs in a circle: a package below itself"
        if verdict in {"wrong", "unknown"} and reason:
            verdict = "explained"
        self.counts[verdict] += 1
        if verdict != "agreed":
            said = f" ({reason})" if reason else ""
            self.lines.append(f"{verdict}{said}: {asked}\n    PESO  {mine}\n    Spack {theirs}")

    def report(self) -> dict[str, Any]:
        return {"question": self.name, **self.counts}


def judged(mine: Any, theirs: Any) -> str:
    fails = is_error(theirs)
    if fails and theirs[ERROR] == CANNOT:
        return "agreed" if isinstance(mine, Unanswerable) else "Spack cannot"
    if isinstance(mine, Unanswerable):
        return "unknown"
    if isinstance(mine, Exception) or fails:
        return "agreed" if isinstance(mine, Exception) and fails else "wrong"
    return "agreed" if mine == theirs else "wrong"


def is_error(answer: Any) -> bool:
    return isinstance(answer, dict) and set(answer) == {ERROR}


def mine_of(question: Callable[..., Any], *asked: Any) -> Any:
    try:
        return question(*asked)
    except (SpecError, Contradiction, Unanswerable) as error:
        return error


def main() -> int:
    asked = arguments()
    chance = random.Random(asked.seed)  # noqa: S311 - draws questions, no secrets
    recipes = read_recipes(asked.recipes)
    real = list(dict.fromkeys(text for recipe in recipes for text in recipe.specs))
    known = list(dict.fromkeys(text for recipe in recipes for text in recipe.versions))
    half = asked.pairs // 2
    questions: dict[str, Any] = {
        "parse": [*real, *(made_spec(chance) for _ in range(half)), *broken(real, half, chance)],
        "pairs": [*real_pairs(recipes, 2 * half, chance), *made_pairs(2 * half, chance)],
        "versions": version_pairs(known, asked.pairs, chance),
        "ranges": [(made_versions(chance), made_versions(chance)) for _ in range(asked.pairs)],
    }
    answers = ask_spack(questions)
    chosen = choose(questions["pairs"], answers["pairs"], half)
    tallies = [
        compare_parse(questions["parse"], answers["parse"]),
        *compare_pairs(
            [questions["pairs"][at] for at in chosen], [answers["pairs"][at] for at in chosen]
        ),
        compare_versions(questions["versions"], answers["versions"]),
        *compare_ranges(questions["ranges"], answers["ranges"]),
    ]
    yes = sum(answers["pairs"][at]["satisfies"] is True for at in chosen) / max(len(chosen), 1)
    told = {
        "seed": asked.seed,
        "recipes": len(recipes),
        "real_specs": len(real),
        "pairs": len(chosen),
        "satisfied": round(yes, 3),
        "tallies": [tally.report() for tally in tallies],
    }
    for tally in tallies:
        print(tally.name, dict(tally.counts))
        print("".join(f"  {line}\n" for line in tally.lines[: asked.show]), end="")
    print(json.dumps(told))
    wrong = any(tally.counts["wrong"] + tally.counts["unknown"] for tally in tallies)
    return int(wrong or not SHARE <= yes <= 1 - SHARE or len(chosen) < 2 * half)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recipes", type=Path, help="a folder of recipes: NAME/package.py")
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10_000, help="disagreements shown of each kind")
    return parser.parse_args()


def ask_spack(questions: dict[str, Any]) -> dict[str, Any]:
    spack = spack_command()
    script = Path(__file__).with_name("spack_answers.py")
    with tempfile.TemporaryDirectory() as folder:
        asked, said = Path(folder, "asked.json"), Path(folder, "said.json")
        asked.write_text(json.dumps(questions))
        subprocess.run([spack, "python", script, asked, said], check=True, timeout=1800)
        answers: dict[str, Any] = json.loads(said.read_text())
    return answers


def version_pairs(known: list[str], count: int, chance: random.Random) -> list[tuple[str, str]]:
    """Pair real and made versions, half and half; some with themselves written otherwise."""
    pairs = []
    for _ in range(count // 2):
        one = chance.choice(known)
        other = chance.choice((one.replace(".", "-"), f"{one}-rc1", f"{one}.0"))
        pairs.append((one, chance.choice((chance.choice(known), other))))
        make = chance.choice((made_version, near_version))
        pairs.append((make(chance), make(chance)))
    return pairs


def choose(pairs: list[tuple[str, str]], answers: list[Any], half: int) -> list[int]:
    """Choose as many real pairs as made ones, as near to half of them satisfied as there are."""
    chosen = []
    for low, high in ((0, 2 * half), (2 * half, len(pairs))):
        usable = [
            at
            for at in range(low, high)
            if not is_error(answers[at]) and isinstance(answers[at]["satisfies"], bool)
        ]
        yes = [at for at in usable if answers[at]["satisfies"] is True]
        no = [at for at in usable if answers[at]["satisfies"] is not True]
        count = min(max(half // 2, half - len(no)), len(yes))
        chosen += [*yes[:count], *no[: half - count]]
    return chosen


def compare_parse(texts: list[str], answers: list[Any]) -> Tally:
    tally = Tally("parse")
    for text, answer in zip(texts, answers, strict=True):
        mine = mine_of(read, text)
        theirs = answer if is_error(answer) else [settled(node) for node in answer]
        tally.add(repr(text), mine, theirs, parse_reason(text))
        if not isinstance(mine, Exception):
            again = mine_of(read_again, text)
            if again != mine:
                tally.counts["printed otherwise"] += 1
                tally.lines.append(f"printed otherwise: {text!r}: {again}")
    return tally


def read(text: str) -> list[Any]:
    return [content(spec) for spec in parse_specs(text)]


def read_again(text: str) -> list[Any]:
    return [content(parse_spec(format_spec(spec))) for spec in parse_specs(text)]


def of_versions(question: Callable[[Versions, Versions], Any], one: str, other: str) -> Any:
    return question(parse_versions(one), parse_versions(other))


def parse_reason(text: str) -> str:
    return TWICE if twice(text) else SWITCHED if _SWITCHED.search(text) else ""


def compare_pairs(pairs: list[tuple[str, str]], answers: list[Any]) -> list[Tally]:
    ask: dict[str, Callable[[Spec, Spec], Any]] = {
        "satisfies": satisfies,
        "intersects": intersects,
        "constrain": lambda a, b: content(constrain(a, b)),
    }
    tallies = []
    for name, question in ask.items():
        tally = Tally(name)
        for pair, answer in zip(pairs, answers, strict=True):
            sides = mine_of(both_sides, pair)
            if isinstance(sides, Exception):
                tally.add(pair, sides, plain(answer[name]), HOLLOW if hollow_text(pair) else "")
                continue
            left, right = sides
            mine = mine_of(question, left, right)
            theirs, symbolic = plain(answer[name]), plain(answer[f"{name} without recipes"])
            agrees = judged(mine, symbolic) == "agreed"
            tally.add(pair, mine, theirs, PROVIDERS if agrees else reason(pair, left, right))
        tallies.append(tally)
    return tallies


def both_sides(pair: tuple[str, str]) -> tuple[Spec, Spec]:
    return parse_spec(pair[0]), parse_spec(pair[1])


def hollow_text(pair: tuple[str, str]) -> bool:
    return any(hollow(parse_versions(text)) for text in _RANGE.findall(" ".join(pair)))


def plain(answer: Any) -> Any:
    return settled(answer) if isinstance(answer, dict) and not is_error(answer) else answer


def reason(pair: tuple[str, str], left: Spec, right: Spec) -> str:
    """Return which known departure could explain a disagreement over a pair; empty: none."""
    if twice(pair[0]) or twice(pair[1]):
        return TWICE
    if any(shadowed(spec) for spec in (left, right)):
        return "Spack takes one dependency for another, which provides a virtual of its name"
    if any(hollow(node.versions) for spec in (left, right) for node in spec.walk()):
        return HOLLOW
    arches = [[node.arch for node in spec.walk() if node.arch != Arch()] for spec in (left, right)]
    if all(arches) and any(not arch.target for said in arches for arch in said):
        return "Spack drops a range of targets where the other side has a platform only"
    return ""


def shadowed(spec: Spec) -> bool:
    """Say whether a dependency has the name of what another provides (`%mpi %mpi=gcc`)."""
    edges = [edge for node in spec.walk() for edge in node.edges]
    names = {edge.spec.name for edge in edges}
    return any(names & set(edge.virtuals) for edge in edges)


def hollow(versions: Versions) -> bool:
    """Say whether a range in it holds nothing, as `2:1` (1 is all up to 2)."""
    return any(isinstance(item, Range) and item.low.rank >= item.stop for item in versions.items)


def twice(text: str) -> bool:
    """Say whether a dependency is named twice."""
    names = [COMPILER_PACKAGES.get(name, name) for name in _DEPENDENCY.findall(text)]
    return len(set(names)) < len(names)


def compare_versions(pairs: list[tuple[str, str]], answers: list[Any]) -> Tally:
    tally = Tally("version order")
    for pair, answer in zip(pairs, answers, strict=True):
        tally.add(pair, mine_of(order, *pair), answer)
    return tally


def order(one: str, other: str) -> int:
    left, right = parse_version(one), parse_version(other)
    return 0 if left == right else -1 if left < right else 1


def compare_ranges(pairs: list[tuple[str, str]], answers: list[Any]) -> list[Tally]:
    ask: dict[str, Callable[[Versions, Versions], Any]] = {
        "satisfies": Versions.satisfies,
        "intersects": Versions.intersects,
        "intersection": lambda a, b: ranks(a.intersection(b)),
        "union": lambda a, b: ranks(a.union(b)),
    }
    tallies = []
    for name, question in ask.items():
        tally = Tally(f"versions: {name}")
        for (one, other), answer in zip(pairs, answers, strict=True):
            theirs = answer if is_error(answer) else answer[name]
            mine = mine_of(of_versions, question, one, other)
            tally.add((one, other), mine, ranks_of(theirs) if isinstance(theirs, str) else theirs)
        tallies.append(tally)
    return tallies


def ranks_of(text: str) -> str:
    return ranks(parse_versions(text)) if text else ranks(Versions(()))


def ranks(versions: Versions) -> str:
    return repr(
        [
            (item.rank, item.ref) if isinstance(item, Version) else (item.low.rank, item.stop)
            for item in versions.items
        ]
    )


def content(spec: Spec) -> dict[str, Any]:
    """Return a spec as plain data, as the script inside Spack does."""
    return {
        "name": spec.name,
        "namespace": spec.namespace,
        "versions": ranks(spec.versions),
        "variants": [variant(one) for one in spec.variants],
        "flags": [[flag.kind, flag.text, flag.propagate] for flag in spec.flags],
        "arch": [spec.arch.platform, spec.arch.os, spec.arch.target],
        "hash": spec.hash,
        "edges": sorted((edge(one) for one in spec.edges), key=repr),
    }


def variant(one: Variant) -> list[Any]:
    value = list(one.value) if isinstance(one.value, tuple) else one.value
    return [one.name, value, one.propagate, one.exact]


def edge(one: Edge) -> dict[str, Any]:
    return {
        "node": content(one.spec),
        "direct": one.direct,
        "types": list(one.types),
        "virtuals": list(one.virtuals),
        "propagate": one.propagate,
        "when": None if one.when is None else content(one.when),
    }


def settled(node: dict[str, Any]) -> dict[str, Any]:
    """Bring Spack's answer to the same form: versions by rank, dependencies sorted."""
    edges = [
        {
            **one,
            "node": settled(one["node"]),
            "when": None if one["when"] is None else settled(one["when"]),
        }
        for one in node["edges"]
    ]
    return {**node, "versions": ranks_of(node["versions"]), "edges": sorted(edges, key=repr)}


if __name__ == "__main__":
    sys.exit(main())
