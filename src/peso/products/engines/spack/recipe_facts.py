"""What a catalog of recipes says of a unit: its license, and what it is made from.

The recipes are those at hand; the lock may have been made with others. The rules, in order:

1. A recipe that is not there, or cannot be read, or says what takes running it, gives `Unknown`
   with the reason; so does a version that the recipe does not know.
2. License: the directives whose condition the unit meets. Spack wants exactly one to apply; where
   several do, all of them bind (`AND`): which one is meant cannot be known (adr/0014).
3. Sources: the version's archive or commit, each resource whose condition the unit meets, and each
   patch that the lock names; a patch that no recipe gives a URL lies beside a recipe.
4. What has no code has no source; what is built from a folder, or with a tool for which there is
   no word here (Subversion), is `Unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peso.base.finding import Unknown
from peso.products.engines.native import SourceFile
from peso.products.engines.spack.archive_url import ending_of, pattern_of, url_of
from peso.products.engines.spack.concrete import Concrete
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Condition, Fetch, Patch, Recipe, Unreadable, Version
from peso.products.spec.faults import Unanswerable
from peso.products.spec.versions import parse_version

_PLACEHOLDERS = frozenset(("UNKNOWN", "NOASSERTION", ""))
_OTHER_TOOLS = ("svn", "hg", "cvs", "go")


@dataclass(slots=True)
class CatalogFacts:
    """Recipes of a catalog, each looked up once."""

    catalog: Catalog
    _known: dict[str, Recipe | Unknown] = field(default_factory=dict)

    def license_of(self, unit: Concrete) -> str | Unknown:
        """Return the SPDX license expression that applies to the unit."""
        recipe = self._recipe(unit)
        if isinstance(recipe, Unknown):
            return recipe
        try:
            said = dict.fromkeys(
                one.expression for one in recipe.licenses if _meets(unit, one.when)
            )
        except Unanswerable as why:
            return Unknown(unknown=f"when a license applies: {why.message}")
        known = [one for one in said if one.strip() not in _PLACEHOLDERS]
        if not known:
            return Unknown(unknown=_no_license(recipe))
        if len(known) == 1:
            return known[0]
        return " AND ".join(f"({one})" if " " in one else one for one in known)

    def sources_of(self, unit: Concrete) -> tuple[SourceFile, ...] | Unknown:
        """Return what the unit is made from; nothing for what has no source of its own."""
        recipe = self._recipe(unit)
        if isinstance(recipe, Unknown):
            return recipe
        if not recipe.has_code:
            return ()
        main = _main(unit, recipe)
        more = _resources(unit, recipe)
        if isinstance(main, Unknown):
            return main
        if isinstance(more, Unknown):
            return more
        patches = [self._patch(sha256, unit, recipe) for sha256 in unit.node.patches]
        return (main, *more, *patches)

    def _recipe(self, unit: Concrete) -> Recipe | Unknown:
        name = f"{unit.node.namespace}.{unit.node.name}"
        if (known := self._known.get(name)) is None:
            known = self._known[name] = self._looked_up(name)
        return known

    def _looked_up(self, name: str) -> Recipe | Unknown:
        found = self.catalog.find(name, of_many=True)
        if found is None:
            where = ", ".join(self.catalog.repositories)
            return Unknown(unknown=f"no recipe {name} in {where}")
        if isinstance(found, Unreadable):
            return Unknown(unknown=f"its recipe cannot be read: {found.reason}")
        return found

    def _patch(self, sha256: str, unit: Concrete, recipe: Recipe) -> SourceFile:
        """Return a patch, from the recipe or from that of a unit that depends on it."""
        for one in self._patches(unit, recipe):
            if one.sha256 == sha256:
                if "://" not in one.source:
                    break
                packed = one.archive_sha256
                return SourceFile(
                    kind="patch",
                    url=one.source,
                    sha256=packed or sha256,
                    other=f"unpacked-sha256:{sha256}" if packed else "",
                    ending=ending_of(one.source) if packed else "",
                )
        return SourceFile(kind="patch", url="", sha256=sha256)

    def _patches(self, unit: Concrete, recipe: Recipe) -> tuple[Patch, ...]:
        found = [*recipe.patches]
        for above in unit.lock.above(unit.node.hash):
            theirs = self._recipe(above)
            if isinstance(theirs, Recipe):
                for one in theirs.dependencies:
                    found += one.patches if one.name == unit.node.name else ()
        return tuple(found)


def _meets(unit: Concrete, when: Condition) -> bool:
    return all(unit.satisfies(one) for one in when)


def _no_license(recipe: Recipe) -> str:
    for one in recipe.unread:
        if one.directive in {"license", "*"}:
            return f"{one.reason} (line {one.line} of the recipe)"
    if recipe.licenses:
        return "no license of the recipe is for this version or these variants"
    return "the recipe names no license"


def _resources(unit: Concrete, recipe: Recipe) -> list[SourceFile] | Unknown:
    for one in recipe.unread:
        if one.directive in {"resource", "*"}:
            return Unknown(unknown=f"its resources: {one.reason} (line {one.line} of the recipe)")
    try:
        return [_resource(one) for one in recipe.resources if _meets(unit, one.when)]
    except Unanswerable as why:
        return Unknown(unknown=f"when a resource is needed: {why.message}")


def _main(unit: Concrete, recipe: Recipe) -> SourceFile | Unknown:
    """Return what the version itself is made from."""
    if folder := unit.node.parameters.get("dev_path"):
        return Unknown(unknown=f"it is built from the folder {folder}")
    number = unit.node.version
    wanted = parse_version(number)
    commit = str(unit.node.parameters.get("commit") or "")
    version = next((one for one in recipe.versions if one.number == number), None)
    if wanted.ref or commit:
        return _checkout(recipe, version, commit or wanted.ref)
    if version is None:
        version = next(
            (one for one in recipe.versions if parse_version(one.number) == wanted), None
        )
    if version is None:
        return Unknown(unknown=_no_version(number, recipe))
    if tool := next((name for name, _ in version.options if name in _OTHER_TOOLS), ""):
        return Unknown(unknown=f"it is fetched with {tool}")
    if version.commit or version.tag or version.branch or (version.git and not version.checksum):
        return _checkout(recipe, version, "")
    return _archive(recipe, version)


def _no_version(number: str, recipe: Recipe) -> str:
    said = f"the recipe at hand has no version {number}"
    for one in recipe.unread:
        if one.directive in {"version", "*"}:
            return f"{said} that can be read: {one.reason} (line {one.line} of the recipe)"
    return f"{said}: was the lock made with other recipes?"


def _checkout(recipe: Recipe, version: Version | None, ref: str) -> SourceFile | Unknown:
    url = (version.git if version else "") or recipe.git
    if not url:
        return Unknown(unknown="it is fetched with git, and the recipe names no repository")
    if not ref:
        said = version or Version(number="", line=0)
        return SourceFile(kind="git", url=url, other=_reference(said))
    kind = "commit" if _is_commit(ref) else "ref"
    return SourceFile(kind="git", url=url, other=f"{kind}:{ref}")


def _reference(said: Fetch) -> str:
    for kind, text in (("commit", said.commit), ("tag", said.tag), ("branch", said.branch)):
        if text:
            return f"{kind}:{text}"
    return ""


def _is_commit(text: str) -> bool:
    return len(text) == 40 and set(text) <= set("0123456789abcdef")  # noqa: PLR2004 - SHA-1


def _archive(recipe: Recipe, version: Version) -> SourceFile:
    url = url_of(recipe, version)
    options = dict(version.options)
    ending = options.get("extension", "")
    if not ending and options.get("expand") != "False":
        ending = ending_of(url or pattern_of(recipe))
    return _file("archive", version, url, ending)


def _resource(one: Fetch) -> SourceFile:
    if one.git and not one.url:
        return SourceFile(kind="resource", url=one.git, other=_reference(one))
    expand = dict(one.options).get("expand") != "False"
    return _file("resource", one, one.url, ending_of(one.url) if expand else "")


def _file(kind: str, said: Fetch, url: str, ending: str) -> SourceFile:
    plain = said.checksum_kind == "sha256"
    other = f"{said.checksum_kind}:{said.checksum}" if said.checksum and not plain else ""
    return SourceFile.model_validate(
        {
            "kind": kind,
            "url": url,
            "sha256": said.checksum if plain else "",
            "other": other,
            "ending": ending,
        }
    )
