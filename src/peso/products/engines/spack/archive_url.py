"""Where the archive of a version is, and how a mirror ends its name: by Spack's rules.

1. A version's own URL holds; then what the recipe's own method gives; then `url`, `urls` and
   `list_url`, in this order, with the version put in.
2. A version is put in where the one in the pattern can be told for sure: one the recipe declares,
   or numbers alone at the end of the file's name. All its places are replaced. Else the URL is
   not known: an empty text, never a guess.
3. A mirror's name ends as the URL does: with the kind of archive, without what follows it.
"""

from __future__ import annotations

import re
from itertools import product

from peso.products.recipes.record import Recipe, Version

_TAR = ("tar", "TAR")
_PACKED = ("gz", "bz2", "xz", "Z")
_KINDS = (
    *(".".join(one) for one in product(_TAR, _PACKED)),
    *_TAR,
    *_PACKED,
    *("zip", "tgz", "tbz2", "tbz", "txz", "whl"),
)
_BALL = re.compile(r"github\.com/.+/(zip|tar)ball/")
_SOURCEFORGE = re.compile(r"(.*(?:sourceforge\.net|sf\.net)/.*)/download$")
_LAST_NUMBERS = re.compile(r"(?:^|[-_v])v?([0-9]+(?:[._-][0-9]+)+)$")
_GOES_ON = re.compile(r"[0-9A-Za-z]|[._-][0-9]")


def ending_of(url: str) -> str:
    """Return the kind of archive a URL names, as a mirror ends its name: `tar.gz`; empty: none."""
    if ball := _BALL.search(url):
        return "zip" if ball[1] == "zip" else "tar.gz"
    if page := _SOURCEFORGE.match(url):
        url = page[1]
    return _kind(url) or _kind(url.partition("#")[0].partition("?")[0])


def _kind(path: str) -> str:
    return next((one for one in _KINDS if path.endswith(f".{one}")), "")


def url_of(recipe: Recipe, version: Version) -> str:
    """Return the URL of a version's archive; empty where it is not known."""
    if version.url or version.computed_url:
        return version.url or version.computed_url
    if recipe.computes_url:
        return ""
    patterns = tuple(filter(None, (recipe.url, *recipe.urls, recipe.list_url)))
    return put_in(version.number, patterns[0], recipe) if patterns else ""


def pattern_of(recipe: Recipe) -> str:
    """Return a URL of some version of the recipe, for its form alone."""
    return next(filter(None, (recipe.url, *recipe.urls)), "")


def put_in(number: str, pattern: str, recipe: Recipe) -> str:
    """Return the URL of a version, made from that of another; empty where that is not safe."""
    name = pattern.partition("?")[0].rpartition("/")[2]
    name = name.removesuffix(f".{_kind(name)}")
    declared = [one.number for one in recipe.versions if _stands_in(one.number, name)]
    had = max(declared, key=len, default="")
    if not had:
        last = _LAST_NUMBERS.search(name)
        had = last[1] if last else ""
    return pattern.replace(had, number) if had else ""


def _stands_in(number: str, name: str) -> bool:
    """Say whether a version stands in a name, and not as a part of another one."""
    at = name.find(number)
    if at < 0:
        return False
    before, after = name[:at][-1:], name[at + len(number) :]
    return not before.isdigit() and before != "." and not _GOES_ON.match(after)
