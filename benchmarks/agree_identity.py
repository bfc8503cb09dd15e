"""How the table of identities meets recipes, locks and advisories as they are; writes the report.

    python benchmarks/agree_identity.py REPOSITORY --advisories DIR [--lock LOCK]... [--report FILE]

1. The entries, and how many say each field, know that there is none, or do not know.
2. Contradictions between entries, and with the recipes of REPOSITORY.
3. Of the tags that OSS-Fuzz's records list for a repository of an entry (DIR/oss-fuzz-osv.zip): how
   many its patterns read, and how many are versions of its recipe.
4. Of the units of each lock: how many have an entry, and how many of these any name but ours.

Exit status 1 where an entry contradicts another or its recipe.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

from peso.base.finding import Finding, Level
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe, Unreadable
from peso.services.assurance.identity.contradictions import contradictions, same_numbers
from peso.services.assurance.identity.entry import FIELDS, Entry
from peso.services.assurance.identity.keys import git_name
from peso.services.assurance.identity.table import load_identity

Recipes = dict[str, Recipe | Unreadable | None]


def tags_of_records(archive: Path) -> defaultdict[str, set[str]]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    found: defaultdict[str, set[str]] = defaultdict(set)
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.endswith(".yaml"):
                record = yaml.load(opened.read(name), Loader=loader)  # noqa: S506 - texts
                for affected in record.get("affected", ()):
                    for one in affected.get("ranges", ()):
                        found[git_name(one["repo"])].update(affected.get("versions", ()))
    return found


def fields(entries: list[Entry]) -> Iterator[str]:
    yield "| field | named | known to be none | not known | not named by the review |"
    yield "|---|---|---|---|---|"
    for field in FIELDS:
        gaps = Counter(gap.kind for one in entries for gap in one.gaps if gap.field == field)
        named = sum(isinstance(one.said(field), tuple) for one in entries)
        rest = len(entries) - named - gaps.total()
        yield f"| `{field}` | {named} | {gaps['none']} | {gaps['unknown']} | {rest} |"


def tags(entries: list[Entry], recipes: Recipes, archive: Path) -> Iterator[str]:
    known = tags_of_records(archive)
    seen = read = met = packages = 0
    for one in entries:
        recipe = recipes[one.name]
        own = {tag for url in (one.upstream, *one.also) for tag in known[git_name(url)]}
        if not one.tags or not own or not isinstance(recipe, Recipe):
            continue
        packages += 1
        numbers = [version.number for version in recipe.versions]
        versions = [version for tag in own if (version := one.version_of(tag))]
        seen, read = seen + len(own), read + len(versions)
        met += sum(any(same_numbers(one, other) for other in numbers) for one in versions)
    yield f"OSS-Fuzz's records list {seen} tags of repositories of {packages} entries."
    yield f"The patterns read {read} of them as versions; {met} of these are the recipe's too."
    yield "The others are candidates (`-rc1`, `-beta`), and tags of other things in the repository."


def locks(paths: list[Path]) -> Iterator[str]:
    yield "| lock | units | with an entry | of these, known to others by a name |"
    yield "|---|---|---|---|"
    for path in paths:
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        names = [one["name"] for one in json.loads(text)["concrete_specs"].values()]
        found = [one for name in names if isinstance(one := load_identity().of(name), Entry)]
        named = sum(len(one.keys) > 1 for one in found)
        yield f"| {path.name.partition('.spack')[0]} | {len(names)} | {len(found)} | {named} |"


def report(
    entries: list[Entry], found: tuple[Finding, ...], recipes: Recipes, asked: argparse.Namespace
) -> str:
    schemes = Counter(one.scheme for one in entries)
    keys = Counter(key.space for one in entries for key in one.keys)
    refused = sum(len(one.never) for one in entries)
    lines = [
        "# The table of identities: what it holds, and how it meets what there is",
        "",
        "Measured with `benchmarks/agree_identity.py`, on spack-packages v2026.06.0 and OSS-Fuzz's",
        "records of 2026-08-21.",
        "",
        f"{len(entries)} entries; {sum(keys.values())} keys: "
        + ", ".join(f"{space} {count}" for space, count in keys.most_common()) + ".",
        f"{refused} names of other products are on record as never to be matched.",
        "Schemes: " + ", ".join(f"`{name}` {count}" for name, count in schemes.most_common()) + ".",
        "",
        *fields(entries),
        "",
        *tags(entries, recipes, asked.advisories / "oss-fuzz-osv.zip"),
        "",
        *locks(asked.lock),
        "",
        f"Contradictions: {sum(one.level is not Level.LOW for one in found)}.",
        "Versions of recipes that no order knows, so that findings on them are unknown:",
        "",
        *(f"- {one.subject}: {one.message}" for one in found if one.level is Level.LOW),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("repository", type=Path)
    parser.add_argument("--advisories", type=Path, required=True)
    parser.add_argument("--lock", type=Path, action="append", default=[])
    parser.add_argument("--report", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        catalog = Catalog.open(asked.repository, cache=Path(cache))
        recipes = {one.name: catalog.find(one.name, of_many=True) for one in load_identity()}
    found = contradictions(load_identity(), recipes.get)
    text = report(list(load_identity()), found, recipes, asked)
    sys.stdout.write(text)
    if asked.report:
        asked.report.write_text(text)
    sys.exit(any(one.level is not Level.LOW for one in found))


if __name__ == "__main__":
    main()
