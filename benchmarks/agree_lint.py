"""How right the linter is: its findings on real stacks, and its verdicts beside Spack's own.

    python benchmarks/agree_lint.py --repo RECIPES[@COMMIT] STACKS...        findings by rule
    python benchmarks/agree_lint.py --repo RECIPES --against-spack 4000      beside Spack

The first lists every error-level finding, for a person to judge, and counts the others. The second
makes specs of all recipes from a seed: right ones, and ones with a variant, value, version or
combination changed; it asks PESO and Spack (`PESO_SPACK`) of each and counts where they agree.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.which_spack import spack_command

import peso
from peso.products.lint.record import LintReport, Severity
from peso.products.recipes.record import Recipe

ROOT = Path(__file__).parents[1]
KINDS = {
    "unknown-variant": "variant",
    "absent-variant": "variant",
    "unknown-value": "value",
    "wrong-value-kind": "value",
    "too-many-values": "value",
    "unknown-version": "version",
    "deprecated-version": "deprecated",
    "deprecated-package": "deprecated",
    "impossible-combination": "combination",
    "spec-syntax": "syntax",
}
"""What a rule is called beside Spack."""
SAME = {"conflict": "combination", "requirement": "combination", "error": "syntax"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="*")
    parser.add_argument("--repo", required=True)
    parser.add_argument("--against-spack", type=int, default=0, metavar="SPECS")
    parser.add_argument("--seed", type=int, default=26)
    asked = parser.parse_args()
    if asked.stacks:
        table(peso.lint(asked.stacks, repos=[asked.repo]))
    return against_spack(asked.repo, asked.against_spack, asked.seed) if asked.against_spack else 0


def table(report: LintReport) -> None:
    counts = Counter((one.severity, one.rule) for one in report.findings)
    for used in report.recipes:
        print(f"recipes: {used.repository} ({used.why})")
    print(f"files: {len(report.files)}; not checked: {len(report.unchecked)}\n")
    print("| level | rule | findings |\n|---|---|---|")
    for (severity, rule), number in sorted(counts.items(), key=lambda one: (one[0][0].rank, one)):
        print(f"| {severity} | {rule} | {number} |")
    print(f"\nerror-level findings: {report.count(Severity.ERROR)}")
    for one in report.findings:
        if one.severity is Severity.ERROR:
            print(f"- {one.place} [{one.rule}] {one.message}")


def against_spack(repo: str, many: int, seed: int) -> int:
    texts = made_up(repo, many, seed)
    ours, theirs = by_peso(repo, texts), by_spack(texts)
    agreed: Counter[str] = Counter()
    alone: dict[str, list[str]] = {"peso": [], "spack": []}
    for text in texts:
        mine, other = ours.get(text, set()), theirs[text]
        for kind in mine & other:
            agreed[kind] += 1
        # A spec that is refused for its variant is refused: which of two words it is, is style.
        for kind in mine - other if not (other and mine & {"variant", "value"}) else ():
            alone["peso"].append(f"{kind}: {text}")
        for kind in other - mine if not mine else ():
            alone["spack"].append(f"{kind}: {text}")
    refused = sum(bool(theirs[text]) for text in texts)
    print(f"{len(texts)} specs (seed {seed}), {refused} of them refused by Spack")
    print("\n| kind | both say so |\n|---|---|")
    for kind, number in sorted(agreed.items()):
        print(f"| {kind} | {number} |")
    for who, several in alone.items():
        print(f"\nonly {who} finds fault: {len(several)}")
        kinds = Counter(line.partition(":")[0] for line in several)
        print(
            f"  by kind: {dict(kinds)}; `generator=`: {sum('generator' in one for one in several)}"
        )
        for line in [one for one in several if "generator" not in one][:40]:
            print(f"- {line}")
    return 1 if alone["peso"] else 0


def made_up(repo: str, many: int, seed: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    catalog = peso.open_catalog(repo)
    names = [name for name in catalog.names() if "." not in name]
    found: list[str] = []
    while len(found) < many:
        recipe = catalog.recipe(chance.choice(names))
        if isinstance(recipe, Recipe) and recipe.variants and not recipe.unread:
            found.append(one_spec(recipe, chance))
    return list(dict.fromkeys(found))


def one_spec(recipe: Recipe, chance: random.Random) -> str:
    words = [recipe.name]
    if recipe.versions and chance.random() < 0.5:
        number = chance.choice(recipe.versions).number
        wrong = chance.random() < 0.3
        words[0] += f"@{number}.999999" if wrong else f"@{number}"
    for variant in chance.sample(recipe.variants, min(len(recipe.variants), chance.randint(1, 3))):
        if any(word.lstrip("+~").partition("=")[0] == variant.name for word in words[1:]):
            continue
        words.append(
            one_value(variant.name, variant.default, [v.value for v in variant.values], chance)
        )
    return " ".join(words)


def one_value(name: str, default: object, values: list[str | bool], chance: random.Random) -> str:
    wrong = chance.random()
    if wrong < 0.1:
        name = f"{name}x"
    if isinstance(default, bool):
        return f"{name}=maybe" if 0.1 < wrong < 0.15 else f"{chance.choice('+~')}{name}"
    if 0.1 < wrong < 0.15:
        return f"+{name}"
    if 0.15 < wrong < 0.25 or not values:
        return f"{name}=nosuch"
    some = chance.sample(values, min(len(values), chance.choice((1, 1, 2))))
    return f"{name}={','.join(map(str, some))}"


def by_peso(repo: str, texts: list[str]) -> dict[str, set[str]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spack.yaml"
        file.write_text("spack:\n  specs:\n" + "".join(f"  - '{text}'\n" for text in texts))
        report = peso.lint(file, repos=[repo])
    found: dict[str, set[str]] = {}
    for one in report.findings:
        if one.severity is Severity.ERROR:
            kind = KINDS.get(one.rule, one.rule)
            found.setdefault(texts[one.place.line - 3], set()).add(kind)
    return found


def by_spack(texts: list[str]) -> dict[str, set[str]]:
    spack = spack_command()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "specs.json"
        file.write_text(json.dumps(texts))
        script = ROOT / "benchmarks" / "agree_lint_spack.py"
        command = [spack, "python", str(script), str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return {one["spec"]: {SAME.get(kind, kind) for kind in one["refused"]} for one in lines}


if __name__ == "__main__":
    sys.exit(main())
