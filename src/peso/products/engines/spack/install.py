"""Install: build what a lock names with Spack's own installer, and account for every unit.

1. The environment's files and the lock are laid out in the scratch folder, as they were solved.
   Spack may write there; nothing of the user's is touched.
2. `spack install` runs under a supervisor: when PESO ends, also by SIGKILL, all of it ends. Spack
   shares its job server among its builds; nothing is put on top of it.
3. The store outlives the run. What Spack has finished and written down there it does not build
   again; what was half done it begins anew. Its locks end with the processes that held them.
4. A unit that fails is told in the account and never raises. Only Spack that could not begin does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from time import monotonic

from peso.base.files import disk, make_folder, safe_member, write_atomic
from peso.base.process import Command, End, run
from peso.errors import Outside
from peso.products.engines.files import Artifact
from peso.products.engines.native import NativeBuild, NativeLock
from peso.products.engines.port import Workbench
from peso.products.engines.spack.account import Facts, account
from peso.products.engines.spack.caches import caches_in
from peso.products.engines.spack.course import Course
from peso.products.engines.spack.database import installed_in
from peso.products.engines.spack.events import LastWords, Stream, last_words
from peso.products.engines.spack.history import recall, remember
from peso.products.engines.spack.logs import with_log
from peso.products.engines.spack.memory import MemoryWatch
from peso.products.engines.spack.site import Site

_LONG = 30 * 24 * 3600.0
"""Seconds: no build is ended for taking its time."""
_FILE_LIMIT = 256 << 20
_ERROR_LIMIT = 1 << 20
_SAID = 600
_HINTS = (
    ("No space left", "free some space there, and run it again: what was finished stays"),
    ("lock", "another Spack may be at work there; wait for it, or end it"),
    ("ermission denied", "the folder has to be yours to write"),
)


def install(lock: NativeLock, site: Site, bench: Workbench) -> NativeBuild:
    """Build a lock's units into the store and say what became of each; whole or not.

    Raises:
        Outside: Spack could not run at all.
    """
    folders, commands = site.folders(bench), site.commands(bench)
    environment = lay_environment(lock, bench, bench.work / lock.part)
    before = installed_in(folders.store)
    command = Command(
        argv=commands.install(environment, fail_fast=bench.fail_fast),
        directory=environment,
        environment=site.environment,
        stdout=bench.work / "install.out",
        stderr=bench.work / "install.err",
        seconds=_LONG,
    )
    watch = _Onlooker(command.stdout, Course(lock, before), bench)
    end = run(command, meanwhile=watch.look)
    watch.look()
    words = last_words(_tail(command.stderr))
    _raise_if_it_could_not(end, words, watch.course, command, folders.store)
    facts = Facts(
        course=watch.course,
        before=before,
        after=installed_in(folders.store),
        peaks=watch.memory.peaks,
        failed=words.failed,
        caches=caches_in(bench.blobs.read(lock.settings.sha256, limit=_FILE_LIMIT)),
        ended=_how(end, words),
        fail_fast=bench.fail_fast,
    )
    said = {one.hash: one.log for one in words.failed}
    history = folders.root / "history"
    units = tuple(
        with_log(unit, said.get(unit.hash, ""), folders.stage, bench.blobs, part=lock.part)
        for unit in account(lock, facts)
    )
    for unit in units:
        remember(unit, history)
    shipped = (*lock.environment, lock.settings)
    return NativeBuild(
        part=lock.part,
        requires=lock.requires,
        units=tuple(recall(unit, history) for unit in units),
        document=_in_folder(lock.document, lock.part),
        files=tuple(_in_folder(one, lock.part) for one in shipped),
        tool=lock.tool,
        seconds=round(end.seconds, 3),
    )


def lay_environment(lock: NativeLock, bench: Workbench, folder: Path) -> Path:
    """Lay an environment's files and its lock below a folder; return where its `spack.yaml` is.

    They are copies, not links into the store: Spack may write into them.

    Raises:
        Refused: A path leaves the folder.
        Outside: A file is not in the store, or the disk failed.
    """
    files = {one.path: one for one in lock.environment}
    manifest = safe_member(lock.environment[0].path)
    document = str(PurePosixPath(lock.environment[0].path).parent / "spack.lock")
    for path, one in {**files, document: lock.document}.items():
        target = folder / safe_member(path)
        make_folder(target.parent)
        write_atomic(target, bench.blobs.read(one.sha256, limit=_FILE_LIMIT))
    for link in lock.folders:
        place = folder / safe_member(link.path)
        make_folder(place.parent)
        with disk(place, "link"):
            if not place.is_symlink():
                place.symlink_to(link.source)
    return (folder / manifest).parent


@dataclass(slots=True, kw_only=False)
class _Onlooker:
    """Reads what Spack says as it comes, samples memory, tells progress."""

    output: Path
    course: Course
    bench: Workbench
    memory: MemoryWatch = field(default_factory=MemoryWatch)
    stream: Stream = field(default_factory=Stream)
    read: int = 0

    def look(self) -> None:
        """Take in what has come since the last look."""
        try:
            with self.output.open("rb") as said:
                said.seek(self.read)
                data = said.read()
        except FileNotFoundError:
            data = b""
        self.read += len(data)
        now = monotonic()
        for event in self.stream.feed(data):
            progress = self.course.hear(event, now)
            if progress is not None:
                self.bench.progress(progress)
        self.memory.look()


def _raise_if_it_could_not(
    end: End, words: LastWords, course: Course, command: Command, store: Path
) -> None:
    if end.ended == "not-started":
        raise Outside(f"Spack could not be started: {end.message}", where=command.argv[0])
    if (end.ended == "exit" and end.code == 0) or not course.silent or words.failed:
        return
    last = "\n".join(words.errors) or _tail(command.stderr).strip()[-_SAID:]
    hint = next((hint for word, hint in _HINTS if word in last), None)
    message = _how(end, LastWords()) + " before it began"
    raise Outside(
        f"{message}: {last}" if last else message,
        where=str(store),
        hint=hint or f"what it was asked: {' '.join(command.argv)}",
    )


def _how(end: End, words: LastWords) -> str:
    """Say how Spack ended, for people."""
    if end.ended == "signal":
        return f"Spack was ended by signal {end.code}"
    if end.ended == "exit":
        because = f" ({words.errors[-1].splitlines()[0][:_SAID]})" if words.errors else ""
        return f"Spack ended with exit status {end.code}{because}"
    return f"Spack was ended at its limit of {end.ended}"


def _in_folder(file: Artifact, part: str) -> Artifact:
    """Return a file of a lock at its place in the release: below a folder of the part's name."""
    if PurePosixPath(file.path).parts[0] == part:
        return file
    return file.model_copy(update={"path": f"{part}/{file.path}"})


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _ERROR_LIMIT))
            return stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
