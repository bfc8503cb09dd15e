"""The workspace: the only wiring. `peso.yaml` and a machine go in, a delivery's ports come out.

1. A workspace is the nearest folder above the stack file that holds `peso.yaml`. A stack outside
   any works too: then the folder of the stack file is the workspace, with every default.
2. What PESO keeps is in `.peso/` of the workspace, which git is told to ignore: the ledger, caches,
   advisories and, where the workspace names no keys, development keys.
3. What is not a file comes from the `Machine`, handed in: clock, environment, passphrase.

It is passed on, never fetched, and decides nothing.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from peso.base.files import make_folder, remove_tree, write_atomic
from peso.base.ledger import Blobs, Ledger
from peso.base.yamls import parse_record
from peso.errors import BadInput, Outside
from peso.products.engines.port import Artifact, Engine, Progress, Workbench
from peso.products.engines.pypi.engine import PypiEngine
from peso.products.engines.pypi.python import find_python
from peso.products.engines.spack.absent import AbsentSpack
from peso.products.engines.spack.engine import SpackEngine
from peso.products.engines.spack.site import Site, for_spack
from peso.products.engines.spack.tool import find_spack
from peso.products.environments.facts import facts_of_this_machine
from peso.products.environments.read import Reader
from peso.products.platforms.detect import detect_host
from peso.products.platforms.local import LocalPlatform
from peso.products.stack import PypiPart, SpackPart, Stack
from peso.products.stack_definition import definition_of, read_stack
from peso.products.stack_forms import definition_file
from peso.services.assurance.policy import Policy, load_policy, own_policy
from peso.services.delivery.signing.keys import KeyFolder, add_channel, create_keys, has_keys
from peso.services.steps.port import Life, Ports
from peso.workspace_settings import FILE, Settings, default_settings
from peso.workspace_spack import spack_site

Where = str | Path
AskPassphrase = Callable[[], bytes]
PASSPHRASE_FILE = "PESO_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
_NO_KEY = "none yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the world gives: the clock, the environment, somebody who knows the passphrase."""

    clock: Callable[[], datetime]
    environment: Mapping[str, str]
    ask_passphrase: Callable[[], bytes]

    def folder(self, variable: str, default: str) -> Path:
        """Return PESO's folder under one of the XDG base directories."""
        home = Path(self.environment.get("HOME", "~")).expanduser()
        return Path(self.environment.get(variable) or home / default) / "peso"

    def for_tools(self) -> Mapping[str, str]:
        """Return the environment that outside tools may see: nothing that leads to a key."""
        return {name: value for name, value in self.environment.items() if name != PASSPHRASE_FILE}

    @property
    def state(self) -> Path:
        """Where pinned roots and the last versions seen are kept."""
        return self.folder("XDG_STATE_HOME", ".local/state") / "trust"

    @property
    def cache(self) -> Path:
        """Where what may be deleted at any time is kept."""
        return self.folder("XDG_CACHE_HOME", ".cache")


def this_machine(ask_passphrase: Callable[[], bytes] | None = None) -> Machine:
    """Return the machine PESO runs on; the one place that reads its clock and environment."""
    return Machine(
        clock=lambda: datetime.now(UTC),
        environment=dict(os.environ),
        ask_passphrase=ask_passphrase or _nobody_to_ask,
    )


def passphrase_of(machine: Machine) -> bytes:
    """Return the passphrase of a key: from a file, else from somebody who is asked."""
    file = machine.environment.get(PASSPHRASE_FILE)
    if not file:
        return machine.ask_passphrase()
    try:
        if Path(file).stat().st_mode & 0o077:
            raise BadInput(
                "others can read the passphrase", where=file, hint=f"say: chmod 600 {file}"
            )
        return Path(file).read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise BadInput(f"cannot read the passphrase: {error.strerror}", where=file) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """An organization's folder of stacks, platforms, policies and products."""

    root: Path
    settings: Settings
    machine: Machine

    @property
    def home(self) -> Path:
        """PESO's own folder in the workspace."""
        return self.root / ".peso"

    @property
    def advisories(self) -> Path:
        """Where imported advisories are."""
        return self.home / "advisories"

    def life(self, stack: Stack) -> Life:
        """Return a stack's life at its start: its definition, in the store."""
        return Life(stack=stack, definition=self._definition(stack), records={})

    def ports(
        self, stack: Stack, publication: Path, *, looks_only: bool = False, fail_fast: bool = False
    ) -> Ports:
        """Return all that a delivery of this stack may use; `looks_only` makes no keys."""
        self.prepare()
        return Ports(
            ledger=Ledger(self.home / "ledger"),
            engines=self.engines(stack),
            platform=LocalPlatform(detect_host()),
            advisories=self.advisories,
            policy=self.policy(stack),
            keys=self.keys,
            channel_key=self.known_channel_key if looks_only else self.channel_key,
            key_folder=self.key_folder(),
            publication=publication,
            freshness=self.settings.freshness,
            # New for each run: a tool that outlived a killed run may still write into the old one.
            work=self.home / "work" / secrets.token_hex(4),
            cache=self.home / "cache",
            offline=False,
            clock=self.machine.clock,
            fail_fast=fail_fast,
            workspace=self.root,
        )

    def engines(self, stack: Stack) -> Mapping[str, Engine]:
        """Return the engines the stack's parts name."""
        return {part.engine: self._engine(part, stack) for part in stack.parts.values()}

    def _engine(self, part: PypiPart | SpackPart, stack: Stack) -> Engine:
        environment = self.machine.for_tools()
        if isinstance(part, PypiPart):
            return PypiEngine(find_python(part.python, environment), environment)
        site = spack_site(self.settings, self.root, environment)
        native = (one for one in stack.parts.values() if isinstance(one, SpackPart))
        files = tuple(stack.folder / one.environment for one in native)
        return SpackEngine(site=site, index=self.machine.cache, environments=files)

    def policy(self, stack: Stack) -> Policy:
        """Return the gate policy the stack names: beside it, in the workspace, or PESO's own."""
        places = [folder / "policies" / f"{stack.policy}.yaml" for folder in self._folders(stack)]
        for place in places:
            if place.is_file():
                return load_policy(place)
        if stack.policy == "default":
            return own_policy()
        raise BadInput(
            f"there is no policy {stack.policy!r}",
            where=str(stack.folder / "stack.yaml"),
            hint=f"write {places[0]}, or name `default`",
        )

    def keys(self) -> KeyFolder:
        """Open the signing keys; makes development keys where the workspace names none."""
        self._have_keys()
        folder, passphrase = self.key_folder(), self.key_passphrase()
        for channel in self.settings.channels:
            if not (folder / f"{channel}.pem").exists():
                add_channel(folder, passphrase, channel)
        return KeyFolder(folder, passphrase)

    def channel_key(self, channel: str) -> str:
        """Name the key a channel signs with; asks for a passphrase only where it is made now."""
        known = self.known_channel_key(channel)
        return known if known != _NO_KEY else self.keys().public(channel).keyid

    def known_channel_key(self, channel: str) -> str:
        """Name the key a channel signs with, if there is one; asks for no passphrase."""
        folder = self.key_folder()
        if not has_keys(folder) or not (folder / f"{channel}.pem").exists():
            return _NO_KEY
        return KeyFolder(folder, b"").public(channel).keyid

    def _have_keys(self) -> None:
        folder = self.key_folder()
        if has_keys(folder):
            return
        if self.settings.keys is not None:
            raise BadInput(
                "there are no keys here", where=str(folder), hint="`peso keys init` makes them"
            )
        self.prepare()
        create_keys(
            folder,
            passphrase=self.key_passphrase(),
            channels=self.settings.channels,
            development=True,
            freshness=self.settings.freshness,
            now=self.machine.clock(),
        )

    def key_folder(self) -> Path:
        """Return the folder of the signing keys."""
        if self.settings.keys is None:
            return self.home / "dev-keys"
        home = self.machine.environment.get("HOME", "~")
        named = self.settings.keys
        named = f"{home}{named[1:]}" if named.startswith("~/") else named
        return (self.root / named).absolute()

    def key_passphrase(self) -> bytes:
        """Return the keys' passphrase: asked for, or that of development keys, which lies about."""
        if self.settings.keys is not None:
            return self.passphrase()
        file = self.home / "dev-keys.passphrase"
        if not file.is_file():
            write_atomic(file, secrets.token_hex(32).encode(), mode=0o600)
        return file.read_bytes()

    def passphrase(self) -> bytes:
        """Return the passphrase of the keys: from a file, else from somebody who is asked."""
        return passphrase_of(self.machine)

    def prepare(self) -> None:
        """Make PESO's own folder, which git is told to ignore."""
        ignore = self.home / ".gitignore"
        if not ignore.is_file():
            make_folder(self.home, mode=0o755)
            write_atomic(ignore, b"*\n")

    def _folders(self, stack: Stack) -> tuple[Path, ...]:
        return tuple(dict.fromkeys([stack.folder, self.root]))

    def _definition(self, stack: Stack) -> tuple[Artifact, ...]:
        self.prepare()
        blobs = Ledger(self.home / "ledger").blobs
        made: list[Artifact] = []
        for file in definition_of(stack, Reader(facts_of_this_machine(self.machine.environment))):
            sha256, length = blobs.put(file.data)
            made.append(
                Artifact(
                    role=file.role,
                    path=file.path,
                    media_type="text/plain; charset=utf-8",
                    length=length,
                    sha256=sha256,
                )
            )
        return tuple(made)


def workspace_of(stack_file: Path, machine: Machine) -> Workspace:
    """Return the workspace a stack file is in, or its own folder where it is in none."""
    folder = stack_file.absolute().parent
    for place in (folder, *folder.parents):
        if (place / FILE).is_file():
            return open_workspace(place, machine)
    return Workspace(
        root=folder,
        settings=default_settings(folder.name),
        machine=machine,
    )


def open_workspace(folder: Path, machine: Machine) -> Workspace:
    """Open the workspace whose `peso.yaml` is in the folder."""
    settings = parse_record(Settings, folder / FILE)
    return Workspace(root=folder.absolute(), settings=settings, machine=machine)


def open_stack(stack_file: Path, machine: Machine) -> tuple[Stack, Workspace]:
    """Read a stack in either form (a file, or its folder), and find its workspace."""
    file = definition_file(stack_file)
    stack = read_stack(file, Reader(facts_of_this_machine(machine.environment)))
    workspace = workspace_of(file, machine)
    channels = workspace.settings.channels
    if stack.channel not in channels:
        # A workspace signs for the channels it names; a stack alone for the one it names.
        if (workspace.root / FILE).is_file():
            raise BadInput(
                f"the workspace does not sign for the channel {stack.channel!r}",
                where=str(file),
                hint=f"use one of {', '.join(channels)}, or add it to {workspace.root / FILE}",
            )
        settings = workspace.settings.model_copy(update={"channels": (*channels, stack.channel)})
        workspace = replace(workspace, settings=settings)
    return stack, workspace


def workspace_in(folder: Path, machine: Machine) -> Workspace:
    """Return the workspace a folder is in; a stack's own folder where it is in none."""
    return workspace_of(folder / FILE, machine)


def installing_engines(machine: Machine) -> Mapping[str, Engine]:
    """Return the engines a facility installs with: the Python that PESO runs on, and its Spack."""
    environment = machine.for_tools()
    return {
        "pypi": PypiEngine(Path(sys.executable), environment),
        "spack": _installing_spack(machine, environment),
    }


def _installing_spack(machine: Machine, environment: Mapping[str, str]) -> Engine:
    try:
        spack = find_spack(None, environment)
    except Outside as why:
        return AbsentSpack(why)
    return SpackEngine(
        site=Site(spack=spack, environment=for_spack(environment)), index=machine.cache
    )


@contextmanager
def installing_bench(prefix: Path, observer: Callable[[Progress], None]) -> Iterator[Workbench]:
    """Yield scratch space beside a prefix, on its file system, for as long as installing takes.

    What was fetched is kept where a run was killed, or something outside failed: the next one goes
    on with it.
    """
    work = prefix.with_name(f".{prefix.name}.peso-work")
    for name in ("blobs", "work"):
        remove_tree(work / name)
    keep = False
    try:
        yield Workbench(
            blobs=Blobs(work / "blobs"),
            work=work / "work",
            cache=work / "cache",
            offline=True,
            progress=observer,
        )
    except Outside:
        keep = True
        raise
    finally:
        for name in ("blobs", "work"):
            remove_tree(work / name)
        if not keep or not (work / "cache").is_dir():
            remove_tree(work)


def _nobody_to_ask() -> bytes:
    raise BadInput(
        "the keys need their passphrase",
        hint=f"write it to a file only you can read and name it in {PASSPHRASE_FILE}",
    )
