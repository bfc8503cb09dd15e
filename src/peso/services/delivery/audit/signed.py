"""Whose word a manifest is: signatures, verified by gpg against a keyring that the facility gives.

1. Only the keys in that file count; the user's own keyring and the keys that the cache itself
   offers do not. A facility that gives a keyring asks for signatures by its keys: an unsigned
   manifest, or one signed by another key, is then wrong (`unknown-signer`), not merely unknown.
2. Without a keyring, or without gpg, who signed is what the signature says, and nobody verified it.
3. gpg sees the very bytes that were read, in a home folder of this run only. Its machine-readable
   status decides, not its words. An expired signature or key is `expired`, a revoked key no
   signer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from peso.base.files import disk
from peso.base.process import Command, run
from peso.errors import BadInput, Outside, Reason
from peso.services.delivery.audit.facts import Fact, Looked, Question, proven, unknown, wrong

_BATCH = 200
_LARGEST_KEYRING = 64 << 20
_SECONDS = 600.0
_PREFIX = "[GNUPG:] "
_UNSIGNED = "unsigned: nobody's word that this manifest is what was built"
_NOT_ASKED = "signed, and not verified: no keyring was given"
_NO_GPG = "signed, and not verified: there is no gpg on this machine"
_OF_KEYS: Mapping[str, tuple[Reason, str]] = {
    "BADSIG": (Reason.CHANGED, "the signature does not fit the manifest"),
    "EXPSIG": (Reason.EXPIRED, "the signature has expired"),
    "EXPKEYSIG": (Reason.EXPIRED, "the key that signed it has expired"),
    "REVKEYSIG": (Reason.UNKNOWN_SIGNER, "the key that signed it was revoked"),
    "ERRSIG": (Reason.UNKNOWN_SIGNER, "signed by a key that is not in the keyring"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """gpg, and the keys that count."""

    gpg: Path | None
    """None: there is none on this machine."""
    environment: Mapping[str, str]
    keyring: Path | None
    """None: nobody says whose keys count."""


def judge_signatures(units: Sequence[Looked], verifier: Verifier) -> None:
    """Note on each unit whose word its manifest is.

    Raises:
        BadInput: The keyring holds no public key.
        Outside: gpg failed.
    """
    waiting = list[Looked]()
    for one in units:
        if not one.archive:
            continue
        if verifier.keyring is None:
            one.say(unknown(Question.SIGNED, _NOT_ASKED if one.signatures else _UNSIGNED))
        elif not one.signatures:
            one.say(wrong(Question.SIGNED, Reason.UNKNOWN_SIGNER, _UNSIGNED))
        elif verifier.gpg is None:
            one.say(unknown(Question.SIGNED, _NO_GPG))
        else:
            waiting.append(one)
    if verifier.keyring is not None and verifier.gpg is not None:
        with _home(verifier.gpg, verifier.keyring, verifier.environment) as gpg:
            several = iter(waiting)
            while batch := list(islice(several, _BATCH)):
                gpg.judge(batch)


@dataclass(frozen=True, slots=True)
class _Gpg:
    program: Path
    home: Path
    environment: Mapping[str, str]

    def judge(self, units: Sequence[Looked]) -> None:
        """Verify a batch of manifests."""
        work = self.home / "batch"
        work.mkdir(exist_ok=True)
        for number, one in enumerate(units):
            with disk(work, "write"):
                (work / str(number)).write_bytes(one.signed)
            one.signed = b""
        said = self.says(work, "--verify-files", *map(str, range(len(units))))
        found = dict(_by_file(said))
        for number, one in enumerate(units):
            one.say(_fact(found.get(str(number), ()), one))

    def says(self, folder: Path, *arguments: str) -> list[str]:
        """Run gpg and return its status lines, whatever its exit status."""
        out, err = self.home / "status", self.home / "errors"
        argv = (
            str(self.program),
            *("--homedir", str(self.home), "--batch", "--no-tty", "--no-autostart"),
            *("--no-auto-key-retrieve", "--no-auto-key-locate", "--trust-model", "always"),
            *("--status-fd", "1", *arguments),
        )
        end = run(
            Command(
                argv=argv,
                directory=folder,
                environment=dict(self.environment) | {"LC_ALL": "C"},
                stdout=out,
                stderr=err,
                seconds=_SECONDS,
            )
        )
        if end.ended != "exit":
            raise Outside(f"gpg {end.message}", where=str(self.program))
        with disk(out, "read"):
            text = out.read_text(errors="replace")
        return [one.removeprefix(_PREFIX) for one in text.splitlines() if one.startswith(_PREFIX)]


@contextmanager
def _home(program: Path, keyring: Path, environment: Mapping[str, str]) -> Iterator[_Gpg]:
    """Give gpg with the keys of a file and no others."""
    with disk(keyring, "read"):
        large = keyring.stat().st_size > _LARGEST_KEYRING
    with TemporaryDirectory(prefix="peso-gpg-") as folder:  # 0700
        gpg = _Gpg(program, Path(folder), environment)
        said = [] if large else gpg.says(Path(folder), "--import", str(keyring.absolute()))
        if not any(one.startswith("IMPORT_OK ") for one in said):
            raise BadInput(
                "there is no public key in it",
                where=str(keyring),
                hint="`gpg --export KEY > FILE` writes one; get it another way than the cache",
            )
        yield gpg


def _by_file(lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    name, said = "", list[str]()
    for line in lines:
        if line.startswith("FILE_START "):
            name, said = line.split(" ", 2)[2], []
        elif line.startswith("FILE_DONE"):
            yield name, tuple(said)
        else:
            said.append(line)


def _fact(lines: Sequence[str], one: Looked) -> Fact:
    """Return what gpg's status lines say; every signature there is must be good."""
    words = [line.split(" ", 1)[0] for line in lines]
    for word in words:
        if word in _OF_KEYS:
            reason, why = _OF_KEYS[word]
            keys = ", ".join(each.signer or "a key it does not name" for each in one.signatures)
            return wrong(Question.SIGNED, reason, f"{why}: {keys}")
    if "GOODSIG" in words and words.count("VALIDSIG") == len(one.signatures):
        return proven(Question.SIGNED)
    return wrong(Question.SIGNED, Reason.CHANGED, "gpg finds no good signature in it")
