"""What `packages:` says of each package: rules, externals, preferences. Reads, does not judge.

What has another shape than Spack's is left out of the record and stays in its `node`, and is told
as a trouble where a rule or an external would be lost by it.
"""

from __future__ import annotations

from peso.base.yaml_nodes import Kind, Mapping, Node, Scalar, Sequence, Trouble
from peso.products.environments.record import (
    Buildable,
    Choice,
    External,
    PackageSettings,
    Preferred,
    Rule,
    Strength,
    Text,
)
from peso.products.environments.texts import Tell, get, named, text_of, texts_of


def read_packages(section: Node | None, tell: Tell) -> tuple[PackageSettings, ...]:
    """Return what the merged section says, a record for each package."""
    return tuple(_package(name, node, tell) for name, node in named(section))


def _package(name: Text, node: Node, tell: Tell) -> PackageSettings:
    if not isinstance(node, Mapping) and not _is_nothing(node):
        message = f"what `packages` says of {name} is no mapping"
        tell(Trouble(rule="packages-shape", place=node.place, message=message))
    rules = [
        rule for strength in Strength for rule in _rules(strength, get(node, strength.value), tell)
    ]
    buildable = get(node, "buildable")
    return PackageSettings(
        name=name,
        place=name.place,
        rules=tuple(rules),
        externals=tuple(_externals(get(node, "externals"), tell)),
        buildable=Buildable(value=buildable.truth, place=buildable.place)
        if isinstance(buildable, Scalar) and buildable.truth is not None
        else None,
        providers=tuple(
            Preferred(virtual=virtual, specs=texts_of(specs))
            for virtual, specs in named(get(node, "providers"))
        ),
        versions=texts_of(get(node, "version")),
        variants=texts_of(get(node, "variants")),
        targets=texts_of(get(node, "target")),
        compilers=texts_of(get(node, "compiler")),
        node=node,
    )


def _rules(strength: Strength, node: Node | None, tell: Tell) -> list[Rule]:
    if node is None or _is_nothing(node):
        return []
    items = node.items if isinstance(node, Sequence) else (node,)
    found = (_rule(strength, item) for item in items)
    rules: list[Rule] = []
    for item, rule in zip(items, found, strict=True):
        if rule is not None:
            rules.append(rule)
        else:
            message = f"`{strength}` holds something that is no spec and no rule"
            hint = "write a spec, or a mapping with `spec`, `any_of` or `one_of`"
            tell(Trouble(rule="packages-shape", place=item.place, message=message, hint=hint))
    return rules


def _rule(strength: Strength, node: Node) -> Rule | None:
    if isinstance(node, Scalar):
        text = text_of(node)
        if text is None:
            return None
        return Rule(strength=strength, choice=Choice.ALL, specs=(text,), place=node.place)
    for choice in Choice:
        specs = texts_of(get(node, choice.value))
        if specs:
            return Rule(
                strength=strength,
                choice=choice,
                specs=specs,
                place=node.place,
                when=text_of(get(node, "when")),
                message=text_of(get(node, "message")),
            )
    return None


def _externals(node: Node | None, tell: Tell) -> list[External]:
    found: list[External] = []
    for item in node.items if isinstance(node, Sequence) else ():
        spec = text_of(get(item, "spec"))
        if spec is None:
            message = "an external without a `spec`"
            hint = "say what it is: `spec: name@version`"
            tell(Trouble(rule="packages-shape", place=item.place, message=message, hint=hint))
            continue
        extra = get(item, "extra_attributes")
        found.append(
            External(
                spec=spec,
                place=item.place,
                prefix=text_of(get(item, "prefix")),
                modules=texts_of(get(item, "modules")),
                extra=extra if isinstance(extra, Mapping) else None,
            )
        )
    return found


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind is Kind.NOTHING
