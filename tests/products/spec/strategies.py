"""Specs and versions made up by hypothesis: small worlds, so that much is equal or overlaps."""

from __future__ import annotations

from hypothesis import strategies as st

from peso.products.spec.versions import parse_version, parse_versions

_pieces = st.sampled_from(
    ("0", "1", "2", "10", "02", "a", "b", "z", "rc", "rc1", "alpha", "final", "main", "develop")
)
_links = st.sampled_from((".", "-", "_", ""))
version_texts = st.builds(
    lambda first, rest: first + "".join(link + piece for link, piece in rest),
    _pieces,
    st.lists(st.tuples(_links, _pieces), max_size=3),
)
versions = version_texts.map(parse_version)
_small = st.sampled_from(("1", "1.2", "1.2.3", "2", "2.1", "3", "main", "2-rc1"))
_ordered = st.tuples(_small, _small).map(lambda two: tuple(sorted(two, key=parse_version)))
range_texts = st.one_of(
    _small,
    _small.map(lambda text: f"={text}"),
    _small.map(lambda text: f"{text}:"),
    _small.map(lambda text: f":{text}"),
    _ordered.map(":".join),
    _small.map(lambda text: f"git.ref={text}"),
)
sets = st.lists(range_texts, min_size=1, max_size=4).map(
    lambda some: parse_versions(",".join(some))
)

_names = st.sampled_from(("", "a", "b", "n.a"))
_values = st.sampled_from(("x", "x,y", "y", "*", "true", "false", "'x y'"))
_switches = st.builds("{}{}".format, st.sampled_from(("+", "~")), st.sampled_from("pqr"))
_assignments = st.builds(
    " {}{}{}".format, st.sampled_from("pqr"), st.sampled_from(("=", ":=")), _values
)
_others = st.sampled_from(
    (
        " cflags=-g",
        " cflags='-O2 -g'",
        " ldflags==-s",
        " target=zen2",
        " target=x86_64:",
        " target=:zen3",
        " target=*",
        " platform=linux",
        " platform=* os=x",
        " /ab",
        " /abc",
    )
)
_attributes = st.lists(
    st.one_of(_switches, _assignments), max_size=2, unique_by=lambda text: text.strip(" +~")[0]
).map("".join)
_nodes = st.builds(
    lambda name, at, attributes, other: f"{name}{at}{attributes}{other}",
    _names,
    st.one_of(st.just(""), range_texts.map(lambda text: f"@{text}")),
    _attributes,
    st.one_of(st.just(""), _others),
)
_sigils = st.sampled_from(
    ("^", "%", "%%", "^[deptypes=link]", "%[deptypes=build]", "^[when=+p]", "%c=", "%[virtuals=c]")
)
_edges = st.builds(
    lambda sigil, name, node: f" {sigil}{name}{node}",
    _sigils,
    st.sampled_from("cde"),
    _nodes.map(lambda text: text.lstrip("nab.")),
)
spec_texts = st.builds(
    lambda node, edges: (node + "".join(edges)).strip(),
    _nodes,
    st.lists(_edges, max_size=2, unique_by=lambda text: text.split("]")[-1].split("=")[-1][:2]),
)
