"""Does PESO read recipes as Spack does? Compares all of a repository; writes the report.

    PESO_SPACK=DIR python benchmarks/agree_recipes.py REPOSITORY [--report FILE]

1. PESO reads every recipe; Spack loads every package; Spack's own parser compares the two
   (`agree_recipes_spack.py`): versions with checksums, commits, tags; variants with defaults,
   values and conditions; dependencies with types, conditions and patches; provides, conflicts,
   requires, extends, patches, resources, licenses, maintainers, tags, homepage, stand-alone tests.
2. A recipe is `wrong` where the two differ in anything PESO says it knows, `unknown` where PESO
   says that it does not know something, else `agreed`.
3. Both answer for the same machine: the operating system is the one Spack sees.

Exit status 1 where more than 0.1 % are wrong or more than 0.4 % unknown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.which_spack import spack_command
from msgspec import to_builtins

from peso.products.recipes.catalog import Catalog
from peso.products.recipes.host import Host
from peso.products.recipes.record import Recipe, Unread, Unreadable

SIDE = Path(__file__).with_name("agree_recipes_spack.py")
WRONG, UNKNOWN = 0.001, 0.004
_SHOWN = 6
EXPLAINED = {
    "aotriton-llvm": (
        "Spack tags a package `detectable` where it has `executables`. Here a base class computes "
        "them, and the computation fails, because the recipe does not name its compilers; so Spack "
        "sees none. PESO sees that they are computed, not that this fails. No directive differs."
    ),
    "pythia6": (
        "The names of three resources are cut out of URLs with `urllib.parse`, which PESO does "
        "not do; the resources' URLs and checksums are known."
    ),
}


@dataclass(frozen=True)
class Verdict:
    """What came of comparing one recipe."""

    name: str
    verdict: str
    notes: tuple[str, ...]


def spack(*words: str) -> str:
    command = spack_command()
    done = subprocess.run([command, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def host_of_spack() -> Host:
    program = "from spack.platforms import host; print(host().default_os)"
    return Host(os=spack("python", "-c", program).splitlines()[-1])


def judge(recipe: Recipe | Unreadable, said: dict[str, Any]) -> Verdict:
    if isinstance(recipe, Unreadable):
        return Verdict(recipe.name, "unknown", (recipe.reason,))
    unread = recipe.unread
    notes = [f"`{kind}` {key}: Spack {a}; PESO {b}" for kind, key, a, b in said["differences"]]
    notes += [said["error"]] if said["error"] else []
    kinds = {kind for kind, *_ in said["differences"]}
    if unread and kinds <= _may_differ(unread) and not said["error"]:
        return Verdict(recipe.name, "unknown", tuple(_why(one) for one in unread))
    return Verdict(recipe.name, "wrong" if notes else "agreed", tuple(notes))


def _may_differ(unread: tuple[Unread, ...]) -> set[str]:
    """Return the kinds of facts that something unknown excuses from being wrong."""
    names = {"version": "versions", "variant": "variants", "depends_on": "dependencies"}
    names |= {"patch": "patches", "resource": "resources", "license": "licenses"}
    several = {names.get(one.directive, one.directive) for one in unread}
    return several | (set(names.values()) | {"conflicts", "provides"} if "*" in several else set())


def _why(one: Unread) -> str:
    return f"line {one.line}, `{one.directive}`: {one.reason}"


def compare(repository: Path, folder: Path) -> tuple[list[Verdict], dict[str, float]]:
    began = time.monotonic()
    catalog = Catalog.open(repository, cache=folder, host=host_of_spack())
    catalog.refresh()
    recipes = {name: catalog.recipe(name) for name in catalog.names()}
    read = time.monotonic()
    ours, theirs = folder / "peso.jsonl", folder / "differences.jsonl"
    with ours.open("w") as out:
        for recipe in recipes.values():
            out.write(json.dumps(to_builtins(recipe)) + "\n")
    spack("python", str(SIDE), str(ours), str(theirs))
    verdicts = []
    with theirs.open() as lines:
        for line in lines:
            said = json.loads(line)
            known = recipes.get(said["name"])
            if known is None:
                verdicts.append(Verdict(said["name"], "wrong", ("Spack knows it, PESO does not",)))
            else:
                verdicts.append(judge(known, said))
    return verdicts, {"read": read - began, "compared": time.monotonic() - read}


def report(verdicts: list[Verdict], repository: Path, seconds: dict[str, float]) -> str:
    counts = {kind: [one for one in verdicts if one.verdict == kind] for kind in KINDS}
    total = len(verdicts)
    lines = [
        "# Recipes: agreement with Spack",
        "",
        "Written by `benchmarks/agree_recipes.py`; what is compared, and how, is said there.",
        "",
        f"- Spack {spack('--version')}; recipes of {revision(repository)}.",
        f"- Reading took {seconds['read']:.0f} s, Spack's side {seconds['compared']:.0f} s.",
        "",
        "| | recipes | share | at most |",
        "|---|---|---|---|",
        *(
            f"| {kind} | {len(counts[kind])} | {100 * len(counts[kind]) / total:.3f} % | {most} |"
            for kind, most in zip(KINDS, ("", "0.1 %", "0.4 %"), strict=True)
        ),
        f"| all | {total} | | |",
    ]
    for kind in KINDS[1:]:
        lines += ["", f"## {kind.capitalize()}", ""]
        if not counts[kind]:
            lines.append("None.")
        for one in counts[kind]:
            lines += [f"### {one.name}", "", EXPLAINED.get(one.name, "Not explained yet."), ""]
            distinct = list(dict.fromkeys(one.notes))
            lines += [f"- {note}" for note in distinct[:_SHOWN]]
            more = len(distinct) - _SHOWN
            lines += [f"- and {more} more of the same", ""] if more > 0 else [""]
    return "\n".join(lines).rstrip() + "\n"


KINDS = ("agreed", "wrong", "unknown")


def revision(repository: Path) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), "describe", "--tags", "--always"],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
    )
    return f"spack-packages {done.stdout.strip() or 'of an unknown revision'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("repository", type=Path)
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        verdicts, seconds = compare(asked.repository, Path(folder))
    text = report(verdicts, asked.repository, seconds)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(text)
    print(text)
    wrong = sum(one.verdict == "wrong" for one in verdicts)
    unknown = sum(one.verdict == "unknown" for one in verdicts)
    return int(wrong > WRONG * len(verdicts) or unknown > UNKNOWN * len(verdicts))


if __name__ == "__main__":
    sys.exit(main())
