"""The keys and kinds of values a Spack environment may have, as one table.

Facts of Spack 1.3's configuration schemas, written down anew. `SPACK` is the shape of what stands
under `spack:`; where Spack lets any key pass, so does this. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace


class Shape(Struct, frozen=True, kw_only=True):
    """What a value may be; several at once."""

    text: bool = False
    number: bool = False
    truth: bool = False
    words: tuple[str, ...] = ()
    """The only texts there are; none: any."""
    items: Shape | None = None
    """It may be a list of these."""
    keys: Mapping[str, Shape] | None = None
    """It may be a mapping with these keys."""
    rest: Shape | None = None
    """It may be a mapping with any other keys too, with these values."""
    closed: bool = False
    """Whether Spack refuses other keys; else it passes over them."""
    anything: bool = False


def _keys(*, rest: Shape | None = None, closed: bool = True, **keys: Shape) -> Shape:
    named = {name.strip("_").replace("__", "-"): shape for name, shape in keys.items()}
    return Shape(keys=MappingProxyType(named), rest=rest, closed=closed)


def _open(**keys: Shape) -> Shape:
    return _keys(closed=False, **keys)


def _map(rest: Shape) -> Shape:
    return Shape(keys=MappingProxyType({}), rest=rest)


def _or(one: Shape, **more: object) -> Shape:
    return replace(one, **more)


ANY = Shape(anything=True)
TEXT = Shape(text=True)
TRUTH = Shape(truth=True)
NUMBER = Shape(number=True)
TEXTS = Shape(items=TEXT)
TEXT_OR_TEXTS = Shape(text=True, items=TEXT)


def _words(*words: str) -> Shape:
    return Shape(text=True, words=words)


_RULE = _or(
    _keys(one_of=TEXTS, any_of=TEXTS, spec=TEXT, message=TEXT, when=TEXT),
    text=True,
)
_PREFERENCE = _or(_keys(spec=TEXT, message=TEXT, when=TEXT), text=True)
_FLAGS = _open(cflags=TEXT, cxxflags=TEXT, fflags=TEXT, cppflags=TEXT, ldflags=TEXT, ldlibs=TEXT)
_EXTERNAL = _keys(
    spec=TEXT,
    prefix=TEXT,
    modules=TEXTS,
    id=TEXT,
    extra_attributes=_open(
        compilers=_map(TEXT),
        environment=ANY,
        extra_rpaths=TEXTS,
        implicit_rpaths=Shape(items=TEXT, truth=True),
        flags=_or(_FLAGS, closed=True),
    ),
    dependencies=Shape(items=_open(id=TEXT, spec=TEXT, deptypes=TEXT_OR_TEXTS, virtuals=TEXT)),
)
_PERMISSIONS = _keys(
    read=_words("user", "group", "world"), write=_words("user", "group", "world"), group=TEXT
)
_OF_ALL: Mapping[str, Shape] = {
    "require": Shape(text=True, items=_RULE),
    "prefer": Shape(items=_PREFERENCE),
    "conflict": Shape(items=_PREFERENCE),
    "buildable": TRUTH,
    "permissions": _PERMISSIONS,
    "package_attributes": _map(ANY),
    "variants": TEXT_OR_TEXTS,
    "compiler": TEXTS,
}
_LEGACY: Mapping[str, Shape] = {"paths": ANY, "modules": ANY, "compiler": ANY}
"""Keys that a rule of legacy forms speaks of."""
_ALL = Shape(
    keys=MappingProxyType({**_LEGACY, **_OF_ALL, "target": TEXTS, "providers": _map(TEXTS)}),
    closed=True,
)
_PACKAGE = Shape(
    keys=MappingProxyType(
        {
            **_OF_ALL,
            **_LEGACY,
            "providers": ANY,  # a rule of its own says that it counts under `all` only
            "version": Shape(items=Shape(text=True, number=True)),
            "externals": Shape(items=_EXTERNAL),
        }
    ),
    closed=True,
)
_CONNECTION = _keys(
    url=TEXT,
    view=TEXT,
    access_pair=_open(id=TEXT, id_variable=TEXT, secret_variable=TEXT),
    profile=TEXT,
    endpoint_url=TEXT,
    access_token_variable=TEXT,
    access_token=TEXT,
    include_binary=TEXTS,
    exclude_binary=TEXTS,
)
_MIRROR = Shape(
    text=True,
    keys=MappingProxyType(
        {
            **(_CONNECTION.keys or {}),
            "source": TRUTH,
            "binary": TRUTH,
            "signed": TRUTH,
            "autopush": TRUTH,
            "fetch": _or(_CONNECTION, text=True),
            "push": _or(_CONNECTION, text=True),
        }
    ),
    closed=True,
)
_REUSE_FROM = _open(
    type=_words("local", "buildcache", "external", "environment"),
    path=TEXT,
    include=TEXTS,
    exclude=TEXTS,
)
_CONCRETIZER = _keys(
    force=TRUTH,
    reuse=_or(
        _open(
            roots=TRUTH,
            include=TEXTS,
            exclude=TEXTS,
            _from_=Shape(items=_REUSE_FROM),
        ),
        truth=True,
        text=True,
        words=("dependencies",),
    ),
    targets=_open(host_compatible=TRUTH, granularity=_words("generic", "microarchitectures")),
    unify=Shape(truth=True, text=True, words=("when_possible",)),
    compiler_mixing=Shape(truth=True, items=ANY),
    splice=_keys(
        explicit=Shape(items=_keys(target=TEXT, replacement=TEXT, transitive=TRUTH)),
        automatic=TRUTH,
    ),
    duplicates=_open(strategy=_words("none", "minimal", "full"), max_dupes=_map(NUMBER)),
    static_analysis=TRUTH,
    timeout=NUMBER,
    error_on_timeout=TRUTH,
    os_compatible=_map(Shape(items=ANY)),
    concretization_cache=_open(enable=TRUTH, url=TEXT, entry_limit=NUMBER),
    externals=_open(completion=_words("architecture_only", "default_variants")),
)
_CONFIG = _open(
    **dict.fromkeys(
        (
            *("test_stage", "stage_name", "develop_stage_link", "license_dir", "source_cache"),
            *("misc_cache", "environments_root", "ssl_certs", "build_language", "url_fetch_method"),
        ),
        TEXT,
    ),
    **dict.fromkeys(
        (
            *("verify_ssl", "suppress_gpg_warnings", "debug", "checksum", "deprecated", "locks"),
            *("dirty", "ccache", "allow_sgid", "install_status"),
        ),
        TRUTH,
    ),
    **dict.fromkeys(
        (
            *("install_hash_length", "connect_timeout", "build_jobs", "concurrent_packages"),
            *("db_lock_timeout", "binary_index_ttl", "package_lock_timeout"),
        ),
        NUMBER,
    ),
    flags=_open(keep_werror=_words("all", "specific", "none")),
    shared_linking=ANY,
    install_tree=_or(
        _open(root=TEXT, padded_length=Shape(number=True, truth=True), projections=ANY), text=True
    ),
    build_stage=TEXT_OR_TEXTS,
    extensions=TEXTS,
    template_dirs=TEXTS,
    additional_external_search_paths=TEXTS,
    aliases=_map(TEXT),
    installer=_words("old", "new"),
    sandbox=ANY,
    concretizer=ANY,  # legacy, as the two below: a rule speaks of them
    install_missing_compilers=ANY,
    install_path_scheme=ANY,
)
_INCLUDE = Shape(
    items=_or(
        _keys(
            when=TEXT,
            name=TEXT,
            path_override_env_var=TEXT,
            path=TEXT,
            sha256=TEXT,
            optional=TRUTH,
            prefer_modify=TRUTH,
            git=TEXT,
            branch=TEXT,
            commit=TEXT,
            tag=TEXT,
            paths=TEXTS,
        ),
        text=True,
    )
)
_REPOSITORY = _or(
    _keys(git=TEXT, branch=TEXT, commit=TEXT, tag=TEXT, destination=TEXT, paths=TEXTS), text=True
)
_VIEW = _or(
    _keys(
        root=TEXT,
        group=TEXT_OR_TEXTS,
        link=_words("roots", "all", "run"),
        link_type=_words("symlink", "hardlink", "hard", "copy", "relocate", "soft", "add"),
        link_dirs=TRUTH,
        select=TEXTS,
        exclude=TEXTS,
        projections=ANY,
    ),
    text=True,
)
_MATRIX: Mapping[str, Shape] = {"matrix": Shape(items=Shape(items=ANY)), "exclude": TEXTS}
_SECTIONS: Mapping[str, Shape] = {
    "bootstrap": ANY,
    "cdash": _keys(build__group=TEXT, url=TEXT, project=TEXT, site=TEXT),
    "ci": ANY,
    "compilers": ANY,
    "concretizer": _CONCRETIZER,
    "config": _CONFIG,
    "container": ANY,
    "definitions": Shape(items=_map(ANY)),
    "develop": _map(_keys(spec=TEXT, path=TEXT)),
    "env_vars": _keys(
        set=ANY,
        unset=ANY,
        append_path=ANY,
        prepend_path=ANY,
        remove_path=ANY,
    ),
    "include": _INCLUDE,
    "mirrors": _map(_MIRROR),
    "modules": ANY,
    "packages": Shape(keys=MappingProxyType({"all": _ALL}), rest=_PACKAGE),
    "repos": Shape(items=TEXT, keys=MappingProxyType({}), rest=_REPOSITORY),
    "toolchains": _map(Shape(text=True, items=_open(spec=TEXT, when=TEXT))),
    "upstreams": _map(_keys(install_tree=TEXT, modules=ANY)),
    "view": Shape(truth=True, text=True, keys=MappingProxyType({}), rest=_VIEW),
}
_OVERRIDE = Shape(keys=MappingProxyType(dict(_SECTIONS)), closed=True)
_SPECS = Shape(
    items=Shape(
        text=True,
        number=True,  # `wrong-shape` says what is wrong with a number
        truth=True,
        keys=MappingProxyType(
            {
                **_MATRIX,
                "group": TEXT,
                "explicit": TRUTH,
                "needs": TEXTS,
                "override": _OVERRIDE,
                "specs": ANY,
            }
        ),
        closed=True,
    ),
    text=True,  # `wrong-shape` speaks of it
)
SPACK = Shape(
    keys=MappingProxyType(
        {
            **_SECTIONS,
            "specs": _SPECS,
            "include_concrete": ANY,
            "concretization": ANY,  # legacy, as the two below: a rule speaks of them
            "gitlab-ci": ANY,
            "env": ANY,
        }
    ),
    closed=True,
)
"""What stands under `spack:`."""
INCLUDED = SPACK
"""What an included file may have: each section, at its top."""
