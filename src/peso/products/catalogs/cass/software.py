"""`_software/*.md`: the products the consortium's members steward.

1. The columns say which key is which field; the README's own words say what is needed.
2. Names are compared with the catalog's vocabularies, letter for letter, as its site does.
3. A product without a name gets its file's; everything else that is wrong is kept and said.
"""

from __future__ import annotations

from peso.base.finding import Unknown
from peso.products.catalogs.cass.vocabulary import BADGES, Vocabulary
from peso.products.catalogs.columns import Column, Place, Row, read_row
from peso.products.catalogs.entry import Entry, record_of, slug
from peso.products.catalogs.pages import Page, is_template, read_page
from peso.products.catalogs.quality import Seen
from peso.products.license import read_license
from peso.products.product import Link, Product

FOLDER = "_software"
LINK = (
    Column(field="label", key="label", needed=True, lacks="link-without-label"),
    Column(field="url", key="url", needed=True, lacks="link-without-url"),
    Column(field="note", key="note", kind="word"),
    Column(field="icon", key="icon", kind="word"),
)


def _links(key: str, audience: str) -> Column:
    return Column(field="links", key=key, kind="records", of=LINK, extra=(("for", audience),))


COLUMNS = (
    Column(field="name", key="name", needed=True),
    Column(field="areas", key="areas", kind="texts", needed=True),
    Column(field="members", key="cass_members", kind="texts", needed=True),
    Column(field="description", key="description", needed=True),
    Column(field="long_description", key="long_description", needed=True),
    Column(field="audience", key="target_audience", needed=True),
    Column(field="license", key="license_spdx", needed=True),
    Column(field="badge", key="openssf_bestpractices_id", kind="number"),
    Column(field="foundation", key="foundation_membership"),
    Column(field="e4s", key="e4s_product", kind="names"),
    Column(field="spack", key="spack_name", kind="names"),
    Column(field="published", key="published", kind="flag"),
    _links("additional_resource_links", "everyone"),
    _links("end_user_resource_links", "users"),
    _links("developer_resource_links", "developers"),
)


def read_software(path: str, data: bytes, vocabulary: Vocabulary, seen: Seen) -> Entry | None:
    """Read a product's page; None where it is a template, or cannot be read at all."""
    if is_template(path):
        return None
    page = read_page(path, data, seen)
    if page is None:
        return None
    stem = path.removeprefix(f"{FOLDER}/").removesuffix(".md")
    place = Place(file=path, subject=stem, seen=seen)
    row = read_row(page.root, COLUMNS, place)
    row.fields["cass"] = stem
    if not isinstance(row.fields.get("name"), str):
        place.no("name-missing", row.lines.get("name", 1), "the product has no name")
        row.fields["name"] = stem
    _badge(row, vocabulary, place)
    product = record_of(Product, row, place, catalog="cass")
    if product is None:
        return None
    _look(product, page, row, vocabulary, place)
    return Entry(path=f"products/{slug(stem)}.yaml", record=product)


def _badge(row: Row, vocabulary: Vocabulary, place: Place) -> None:
    number = row.fields.get("badge")
    if number is None:
        return
    if number in vocabulary.badges:
        row.fields["badge"] = vocabulary.badges[number].plain()
        return
    why = f"there is no {BADGES}/{number}.json"
    row.fields["badge"] = {"project": number, "level": {"unknown": why}}
    place.no("badge-not-at-hand", row.lines["badge"], why)


def _look(product: Product, page: Page, row: Row, vocabulary: Vocabulary, place: Place) -> None:
    at = row.lines
    for field, names, rule in (
        ("areas", vocabulary.areas, "unknown-area"),
        ("members", vocabulary.members, "unknown-member"),
    ):
        for name, line in zip(getattr(product, field), row.items.get(field, ()), strict=False):
            if names is not None and name not in names:
                place.no(rule, line, f"{name!r} is not in the catalog's list")
    named, known = product.foundation, vocabulary.foundations
    if isinstance(named, str) and known is not None and named not in known:
        message = f"{named!r} is not in the catalog's list"
        place.no("unknown-foundation", at["foundation"], message)
    if isinstance(product.license, str):
        _look_at_license(product.license, at["license"], vocabulary, place)
    look_at_links(product.links, row.items.get("links", []), place)
    if not product.links:
        place.no("no-link", at.get("links", 1), "the product has no link")
    if page.front.body.strip():
        place.no("body", page.front.body_line, "text below the front matter")
    if place.file != place.file.lower():
        place.no("file-name-case", 1, "the file's name has capital letters")


def _look_at_license(text: str, line: int, vocabulary: Vocabulary, place: Place) -> None:
    license_ = read_license(text, also=vocabulary.licenses)
    if license_.per_package:
        place.no("license-per-package", line, "each package has a license of its own")
    if license_.problem:
        place.no("license", line, license_.problem)
    for name in text.replace("(", " ").replace(")", " ").split():
        if name in vocabulary.deprecated:
            place.no("license-deprecated", line, f"{name} is deprecated in the SPDX list")


def look_at_links(links: tuple[Link, ...], lines: list[int], place: Place) -> None:
    """Note links that are no address, or that are there twice under different labels."""
    seen: dict[str, str | Unknown] = {}
    for link, line in zip(links, lines, strict=False):
        if isinstance(link.url, Unknown):
            continue
        if not link.url.startswith(("http://", "https://", "mailto:", "/")):
            place.no("link-not-a-url", line, f"{link.url!r} is no address")
        if seen.get(link.url, link.label) != link.label:
            place.no("link-twice", line, f"{link.url} is there under two labels")
        seen.setdefault(link.url, link.label)
