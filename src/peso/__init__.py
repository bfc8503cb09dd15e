"""PESO: from a stack definition to a release that a facility can prove and install.

The public Python API. Every name here is what the command of that name calls:

    import peso

    delivery = peso.deliver("examples/hpc-ai/stack.yaml", to="public")
    report = peso.verify("public", root="public.root.json", unsafe_development_keys=True)

Names are looked up when they are first used, so that `import peso` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.api.advisories import (
        check_advisories,
        import_advisories,
        show_advisories,
        update_advisories,
    )
    from peso.api.cache import audit_cache
    from peso.api.cache_misses import explain_cache
    from peso.api.catalog import (
        Catalog,
        catalog_stats,
        index_catalog,
        open_catalog,
        search_catalog,
        show_recipe,
    )
    from peso.api.consortium import (
        check_consortium,
        due_in_consortium,
        export_consortium,
        import_consortium,
        show_consortium,
    )
    from peso.api.delivery import deliver, explain_steps
    from peso.api.emit import emit_externals, emit_modules
    from peso.api.explain import explain_impact
    from peso.api.facility import install, pin_root, pinned_roots, verify
    from peso.api.house import check, init, schema
    from peso.api.identity import (
        check_identity,
        list_identity,
        propose_identity,
        show_identity,
    )
    from peso.api.keys import init_keys, rotate_key, show_keys
    from peso.api.lint import lint
    from peso.api.mirror import fill_mirror
    from peso.api.needs import (
        add_need,
        answer_need,
        check_need,
        decide_need,
        endorse_need,
        import_needs,
        link_need,
        merge_needs,
        revise_need,
        unmerge_need,
    )
    from peso.api.needs_read import (
        choose_needs,
        compare_needs,
        export_needs,
        freeze_needs,
        list_needs,
        needs_agenda,
        needs_brief,
        needs_done,
        rank_needs,
        recompute_needs,
        show_need,
    )
    from peso.api.product import (
        check_products,
        export_products,
        import_products,
        list_products,
        show_product,
    )
    from peso.api.push import push_ledger
    from peso.api.rebuild import explain_rebuild
    from peso.api.scan import scan
    from peso.api.spack import get_spack
    from peso.api.stack import diff_stacks, show_stack
    from peso.api.unit import explain_unit
    from peso.api.vex import add_vex, list_vex, suggest_vex
    from peso.api.watch import watch
    from peso.errors import BadInput, Outside, PesoError, Reason, Refused

__version__ = "0.1.0"

__all__ = [
    "BadInput",
    "Catalog",
    "Outside",
    "PesoError",
    "Reason",
    "Refused",
    "__version__",
    "add_need",
    "add_vex",
    "answer_need",
    "audit_cache",
    "catalog_stats",
    "check",
    "check_advisories",
    "check_consortium",
    "check_identity",
    "check_need",
    "check_products",
    "choose_needs",
    "compare_needs",
    "decide_need",
    "deliver",
    "diff_stacks",
    "due_in_consortium",
    "emit_externals",
    "emit_modules",
    "endorse_need",
    "explain_cache",
    "explain_impact",
    "explain_rebuild",
    "explain_steps",
    "explain_unit",
    "export_consortium",
    "export_needs",
    "export_products",
    "fill_mirror",
    "freeze_needs",
    "get_spack",
    "import_advisories",
    "import_consortium",
    "import_needs",
    "import_products",
    "index_catalog",
    "init",
    "init_keys",
    "install",
    "link_need",
    "lint",
    "list_identity",
    "list_needs",
    "list_products",
    "list_vex",
    "merge_needs",
    "needs_agenda",
    "needs_brief",
    "needs_done",
    "open_catalog",
    "pin_root",
    "pinned_roots",
    "propose_identity",
    "push_ledger",
    "rank_needs",
    "recompute_needs",
    "revise_need",
    "rotate_key",
    "scan",
    "schema",
    "search_catalog",
    "show_advisories",
    "show_consortium",
    "show_identity",
    "show_keys",
    "show_need",
    "show_product",
    "show_recipe",
    "show_stack",
    "suggest_vex",
    "unmerge_need",
    "update_advisories",
    "verify",
    "watch",
]

_ROOMS = {
    "peso.api.advisories": (
        "check_advisories",
        "import_advisories",
        "show_advisories",
        "update_advisories",
    ),
    "peso.api.cache": ("audit_cache",),
    "peso.api.cache_misses": ("explain_cache",),
    "peso.api.catalog": (
        "Catalog",
        "catalog_stats",
        "index_catalog",
        "open_catalog",
        "search_catalog",
        "show_recipe",
    ),
    "peso.api.consortium": (
        "check_consortium",
        "due_in_consortium",
        "export_consortium",
        "import_consortium",
        "show_consortium",
    ),
    "peso.api.delivery": ("deliver", "explain_steps"),
    "peso.api.emit": ("emit_externals", "emit_modules"),
    "peso.api.explain": ("explain_impact",),
    "peso.api.facility": ("install", "pin_root", "pinned_roots", "verify"),
    "peso.api.house": ("check", "init", "schema"),
    "peso.api.identity": (
        "check_identity",
        "list_identity",
        "propose_identity",
        "show_identity",
    ),
    "peso.api.keys": ("init_keys", "rotate_key", "show_keys"),
    "peso.api.lint": ("lint",),
    "peso.api.mirror": ("fill_mirror",),
    "peso.api.needs": (
        "add_need",
        "answer_need",
        "check_need",
        "decide_need",
        "endorse_need",
        "import_needs",
        "link_need",
        "merge_needs",
        "revise_need",
        "unmerge_need",
    ),
    "peso.api.needs_read": (
        "choose_needs",
        "compare_needs",
        "export_needs",
        "freeze_needs",
        "list_needs",
        "needs_agenda",
        "needs_brief",
        "needs_done",
        "rank_needs",
        "recompute_needs",
        "show_need",
    ),
    "peso.api.product": (
        "check_products",
        "export_products",
        "import_products",
        "list_products",
        "show_product",
    ),
    "peso.api.push": ("push_ledger",),
    "peso.api.rebuild": ("explain_rebuild",),
    "peso.api.scan": ("scan",),
    "peso.api.spack": ("get_spack",),
    "peso.api.stack": ("diff_stacks", "show_stack"),
    "peso.api.unit": ("explain_unit",),
    "peso.api.vex": ("add_vex", "list_vex", "suggest_vex"),
    "peso.api.watch": ("watch",),
    "peso.errors": ("BadInput", "Outside", "PesoError", "Reason", "Refused"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    for room, names in _ROOMS.items():
        if name in names:
            from importlib import import_module  # noqa: PLC0415 - only where a name is used

            return getattr(import_module(room), name)
    raise AttributeError(f"module 'peso' has no attribute {name!r}")
