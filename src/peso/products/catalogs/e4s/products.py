"""E4S's product list: `e4s_products.yaml`, an `e4s.yaml` for each, and `product-catalog.yml`.

1. `e4s_products.yaml` lists repositories; `data/<repository>/e4s.yaml` says what is in one. A
   repository nobody says anything of is a product by its repository's name.
2. `product-catalog.yml`, made from them for the site, adds what only it has; its HTML stays in the
   mirror, and its length is kept.
3. Area and areas, Description and description: the keys come in both spellings, both are read.
4. An area of E4S is its own word; a consortium's area goes before it where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator

from peso.base.finding import Unknown
from peso.products.catalogs.columns import Column, Place, Row, read_row
from peso.products.catalogs.entry import Entry, Tree, record_of, slug
from peso.products.catalogs.pages import read_list
from peso.products.catalogs.quality import Seen
from peso.products.catalogs.written import Mapping, Scalar, plain
from peso.products.product import Link, Product, Source

NAME = "e4s"
LIST = "e4s_products.yaml"
EACH = "e4s.yaml"
SITE = "product-catalog.yml"
_TEMPLATE = "default"
_REST_OF_URL = ("/-", "/blob", "/src", "/tree", "/browse")

PRODUCT = (
    Column(field="name", key="e4s_product", needed=True),
    Column(field="spack", key="spack_name", kind="names"),
    Column(field="description", key="Description"),
    Column(field="description", key="description"),
    Column(field="areas", key="Area", kind="names"),
    Column(field="areas", key="area", kind="names"),
    Column(field="website", key="website", kind="word"),
    Column(field="website", key="Website", kind="word"),
    Column(field="repositories", key="subrepo_urls", kind="names"),
    Column(field="more", key="Links", kind="free"),
    Column(field="", key="docs", kind="keep"),
    Column(field="", key="Docs", kind="keep"),
    Column(field="", key="version", kind="keep"),
    Column(field="", key="type", kind="keep"),
    Column(field="", key="MemberProduct", kind="keep"),
    Column(field="", key="Accelerable", kind="keep"),
)
SITE_PRODUCT = (
    Column(field="name", key="name", needed=True),
    Column(field="areas", key="area", kind="names"),
    Column(field="description", key="description"),
    Column(field="", key="html_blob", kind="keep"),
    Column(field="", key="last_updated", kind="keep"),
)


def read_products(tree: Tree, seen: Seen) -> tuple[Entry, ...]:
    """Return the products of the list, each once, by name."""
    found: dict[str, Product] = {}
    listed = _repositories(tree, seen)
    for path, data in tree.below("", f"/{EACH}"):
        folder = path.removesuffix(EACH).strip("/").rpartition("/")[2]
        if folder == _TEMPLATE:
            continue
        repository = listed.pop(folder.lower(), None)
        if listed and repository is None and folder != ".e4s":
            seen.no("not-listed", path, 1, f"{LIST} does not name a repository {folder!r}")
        for item in read_list(path, data, seen):
            product = _product(item, path, folder, repository, seen)
            if product is not None and product.name.casefold() in found:
                message = f"{product.name!r} is described twice; what was there first counts"
                seen.no("same-name", path, item.line, message, subject=product.name)
            _add(found, product)
    for folder, (url, path, line) in listed.items():
        name = url.rstrip("/").rpartition("/")[2]
        seen.no("no-metadata", path, line, f"no {EACH} says what {url} is", subject=folder)
        _add(found, _bare(name, url, path, line))
    for path, data in _called(tree, SITE):
        for item in read_list(path, data, seen):
            _add(found, _site_product(item, path, seen))
    return tuple(
        Entry(path=f"products/{slug(product.name)}.yaml", record=product)
        for _, product in sorted(found.items())
    )


def _called(tree: Tree, name: str) -> Iterator[tuple[str, bytes]]:
    for path, data in sorted(tree.files.items()):
        if path.rpartition("/")[2] == name:
            yield path, data


def _repositories(tree: Tree, seen: Seen) -> dict[str, tuple[str, str, int]]:
    """Return the listed repositories by name: address, file and line."""
    listed: dict[str, tuple[str, str, int]] = {}
    for path, data in _called(tree, LIST):
        for item in read_list(path, data, seen):
            pair = item.get("repo_url") if isinstance(item, Mapping) else None
            if isinstance(item, Mapping) and pair is None and item.get("version"):
                continue
            if pair is None or not isinstance(pair.value, Scalar) or pair.value.blank:
                seen.no("wrong-shape", path, item.line, f"no repository: {plain(item)!r}")
                continue
            url = _repository(pair.value.text)
            name = url.rstrip("/").rpartition("/")[2].lower()
            if name in listed:
                seen.no("key-twice", path, item.line, f"the repository {name!r} is there twice")
            listed[name] = (url, path, item.line)
    return listed


def _repository(url: str) -> str:
    """Return a repository's own address: what is behind it in old lists is left out."""
    url = url.strip()
    for rest in _REST_OF_URL:
        url = url.partition(f"{rest}/")[0]
    return url.removesuffix("/").removesuffix(".git")


def _product(
    item: object, path: str, folder: str, listed: tuple[str, str, int] | None, seen: Seen
) -> Product | None:
    place = Place(file=path, subject=folder or path, seen=seen)
    if not isinstance(item, Mapping):
        place.no("unreadable", getattr(item, "line", 1), "an entry is not a mapping")
        return None
    row = read_row(item, PRODUCT, place)
    if not isinstance(row.fields.get("name"), str):
        place.no("name-missing", item.line, "the product has no name")
        row.fields["name"] = folder or "unnamed"
    url = listed[0] if listed else None
    row.fields["links"] = _links(row, url)
    row.lines.setdefault("links", row.lines.pop("website", item.line))
    row.lines = {key: line for key, line in row.lines.items() if key in Product.model_fields}
    return _named(row, place, item.line)


def _links(row: Row, listed: str | None) -> list[dict[str, object]]:
    repositories = [*([listed] if listed else []), *row.fields.pop("repositories", [])]
    website, more = row.fields.pop("website", None), row.fields.pop("more", None)
    links = [{"label": "Repository", "url": url} for url in dict.fromkeys(repositories)]
    if website:
        links.insert(0, {"label": "Website", "url": website})
    if more:
        row.kept["Links"] = more
    return [*links]


def _bare(name: str, url: str, path: str, line: int) -> Product:
    return Product(
        name=name,
        e4s=(name,),
        links=(Link(label="Repository", url=url),),
        sources={NAME: Source(file=path, lines={"name": line, "e4s": line, "links": line})},
    )


def _site_product(item: object, path: str, seen: Seen) -> Product | None:
    place = Place(file=path, subject=path, seen=seen)
    if not isinstance(item, Mapping):
        place.no("unreadable", getattr(item, "line", 1), "an entry is not a mapping")
        return None
    row = read_row(item, SITE_PRODUCT, place)
    if "html_blob" in row.kept:
        row.kept["html_blob"] = f"{len(str(row.kept['html_blob']))} characters in {path}"
    if not isinstance(row.fields.get("name"), str):
        place.no("name-missing", item.line, "the product has no name")
        return None
    return _named(row, place, item.line)


def _named(row: Row, place: Place, line: int) -> Product | None:
    row.fields["e4s"] = [row.fields["name"]]
    if "name" in row.lines:
        row.lines["e4s"] = row.lines["name"]
    return record_of(Product, row, place, catalog=NAME, line=line)


def _add(found: dict[str, Product], product: Product | None) -> None:
    """Add a product; of one that is there already, only what is not known of it."""
    if product is None:
        return
    key = product.name.casefold()
    found[key] = filled(found[key], product) if key in found else product


def filled(product: Product, other: Product) -> Product:
    """Return a product with what another catalog, or another file, knows beyond it."""
    changes: dict[str, object] = {}
    for field in ("description", "long_description", "audience", "license", "foundation", "badge"):
        if isinstance(getattr(product, field), Unknown):
            changes[field] = getattr(other, field)
    for field in ("areas", "members", "spack", "links"):
        if not getattr(product, field):
            changes[field] = getattr(other, field)
    named = {name.casefold() for name in product.e4s}
    new = tuple(name for name in other.e4s if name.casefold() not in named)
    changes["e4s"] = (*product.e4s, *new)
    changes["kept"] = {
        name: {**other.kept.get(name, {}), **product.kept.get(name, {})}
        for name in (*product.kept, *(one for one in other.kept if one not in product.kept))
    }
    new_sources = {name: one for name, one in other.sources.items() if name not in product.sources}
    changes["sources"] = {**product.sources, **new_sources}
    return product.model_copy(update=changes)
