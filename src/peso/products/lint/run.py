"""One run of the linter over some definitions: reads, asks every rule, makes the report.

What it does not do: find recipe repositories (the caller hands them in) or print. The rules, in
order:

1. A folder stands for the `stack.yaml` or `spack.yaml` in it, else for every one below it.
2. Files, recipes and specs are read once in a run; nothing is kept beyond it.
3. The same finding at the same place is there once, however many roots lead to it.
4. Where recipes the environment names are not at hand, what rests on recipes is a warning: those
   that are missing may say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct, field

from peso.base.yaml_nodes import Document, Mapping, Scalar
from peso.base.yaml_read import read_yaml
from peso.errors import BadInput, Fault
from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader
from peso.products.environments.record import Environment
from peso.products.environments.texts import get
from peso.products.lint.case import Case
from peso.products.lint.host import Host
from peso.products.lint.pantry import Pantry
from peso.products.lint.record import (
    LintFinding,
    LintReport,
    RecipesUsed,
    Severity,
    Sighting,
    Unchecked,
)
from peso.products.lint.rule import Of, Rule
from peso.products.lint.specs import Specs
from peso.products.lint.stack_case import StackCase
from peso.products.lint.table import ENVIRONMENT_RULES, STACK_RULES
from peso.products.lint.uses import other_uses, root_uses

NAMES = ("stack.yaml", "spack.yaml")
_MOST_FILES = 10_000
Stock = Callable[[Environment, Specs], Pantry]
"""Returns the recipes an environment is to be judged by."""
StackFaults = Callable[[Path], tuple[Fault, ...]]
"""Returns what is wrong with a stack file."""


def definitions(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the definitions that files and folders stand for.

    Raises:
        BadInput: One is not there, or has no definition in it.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_file():
            found.append(path)
        elif not path.is_dir():
            raise BadInput("there is no such file or folder", where=str(path))
        else:
            found += _inside(path)
    return tuple(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    for name in NAMES:
        if (folder / name).is_file():
            return [folder / name]
    below = sorted(one for name in NAMES for one in folder.rglob(name) if one.is_file())
    named = {one.parent for one in below if one.name == NAMES[0]}
    below = [one for one in below if one.name == NAMES[0] or one.parent not in named]
    if not below:
        raise BadInput("no stack.yaml and no spack.yaml in it", where=str(folder))
    return below[:_MOST_FILES]


class Run(Struct, kw_only=True):
    """One run; made anew for each."""

    facts: Facts
    stock: Stock
    stack_faults: StackFaults
    host: Host | None = None
    specs: Specs = field(default_factory=Specs)
    _findings: dict[tuple[object, ...], LintFinding] = field(default_factory=dict)
    _unchecked: dict[Unchecked, None] = field(default_factory=dict)
    _used: dict[RecipesUsed, None] = field(default_factory=dict)
    _files: dict[str, Document] = field(default_factory=dict)

    def report(self, files: Iterable[Path]) -> LintReport:
        """Lint the definitions, and return what came of it."""
        reader = Reader(self.facts)
        for file in files:
            document = read_yaml(file)
            if _is_peso_stack(document):
                self._stack(file, document, reader)
            else:
                self._environment(file, reader)
        found = sorted(self._findings.values(), key=_order)
        return LintReport(
            files=tuple(self._files),
            findings=tuple(found),
            unchecked=tuple(self._unchecked),
            recipes=tuple(self._used),
        )

    def _environment(self, file: Path, reader: Reader) -> Case:
        environment = reader.read(file)
        self._files |= {one.file: one.document for one in environment.sources}
        pantry = self.stock(environment, self.specs)
        self._used |= dict.fromkeys(pantry.used)
        case = Case(
            environment=environment,
            specs=self.specs,
            pantry=pantry,
            host=self.host,
            roots=root_uses(environment, self.specs),
            others=other_uses(environment, self.specs),
            tell=self._tell,
        )
        if not pantry.at_hand:
            reason = "; ".join(pantry.missing) or "no recipe repository; give --repo"
            self._tell(Unchecked(what="packages were not looked up", reason=reason))
        else:
            for reason in pantry.missing:
                self._tell(Unchecked(what="whether all recipes are at hand", reason=reason))
        for doubt in environment.doubts:
            self._tell(
                Unchecked(what="this may not be all", reason=doubt.reason, place=doubt.place)
            )
        self._ask(ENVIRONMENT_RULES, case, certain=pantry.whole)
        return case

    def _stack(self, file: Path, document: Document, reader: Reader) -> None:
        self._files[str(file)] = document
        environments: list[tuple[str, Case]] = []
        parts = get(document.root, "parts")
        for entry in parts.entries if isinstance(parts, Mapping) else ():
            named = get(entry.value, "environment")
            if isinstance(named, Scalar) and (file.parent / named.text).is_file():
                case = self._environment(file.parent / named.text, reader)
                environments.append((entry.key.text, case))
        stack = StackCase(
            file=file,
            document=document,
            faults=self.stack_faults(file),
            environments=tuple(environments),
            tell=self._tell,
        )
        self._ask(STACK_RULES, stack)

    def _tell(self, unchecked: Unchecked) -> None:
        self._unchecked[unchecked] = None

    def _ask(self, rules: Iterable[Rule[Of]], case: Of, *, certain: bool = True) -> None:
        for rule in rules:
            for sighting in rule.see(case):
                severity = sighting.severity or rule.severity
                if sighting.recipes and not certain and severity is Severity.ERROR:
                    severity = Severity.WARNING
                key = (rule.id, sighting.place, sighting.message)
                if key not in self._findings:
                    self._findings[key] = self._finding(rule.id, rule.fix, severity, sighting)

    def _finding(self, rule: str, fix: str, severity: Severity, sighting: Sighting) -> LintFinding:
        place = sighting.place
        document = self._files.get(place.file)
        return LintFinding(
            rule=rule,
            severity=severity,
            place=place,
            message=sighting.message,
            hint=sighting.hint or fix,
            also=sighting.also,
            lines=(document.line(place.line),) if document else (),
        )


def _is_peso_stack(document: Document) -> bool:
    schema = get(document.root, "schema")
    return isinstance(schema, Scalar) and schema.text.startswith("peso.stack/")


def _order(finding: LintFinding) -> tuple[str, int, int, int, str]:
    place = finding.place
    return place.file, place.line, place.column, finding.severity.rank, finding.rule
