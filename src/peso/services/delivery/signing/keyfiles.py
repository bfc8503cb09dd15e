"""One key in one file: an Ed25519 key as encrypted PKCS#8 PEM, its public half below it.

1. A key is never written without a passphrase and never readable for group or others; one that is
   will not be opened.
2. The public half lies in the same file, so that one atomic write makes both and `peso keys show`
   needs no passphrase. It is proven against the private half whenever that is opened.
3. The passphrase arrives as an argument; where it comes from (a prompt, a file) is the caller's.

Every fault of a key file is `BadInput` (exit 2): trying again without mending it does not help.
Makes no cryptography of its own: `cryptography` and `securesystemslib` do.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.exceptions import KeyMismatchError
from securesystemslib.signer import CryptoSigner, SSlibKey

from peso.base import files
from peso.errors import BadInput

KEY_LIMIT = 64 << 10
"""The longest key file that is read, in bytes."""

_PUBLIC = b"-----BEGIN PUBLIC KEY-----"


def write_key(path: Path, passphrase: bytes) -> CryptoSigner:
    """Make a new key, write it (mode 0600) over whatever is at `path`, and return its signer."""
    if not passphrase:
        raise BadInput("a key needs a passphrase", where=str(path), hint="set PESO_PASSPHRASE_FILE")
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
    )
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files.write_atomic(path, pem + public, mode=0o600)
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))


def read_public(path: Path) -> SSlibKey:
    """Return the public half of a key file; needs no passphrase."""
    _, mark, rest = _read(path).partition(_PUBLIC)
    try:
        key = load_pem_public_key(mark + rest)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _damaged(path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _damaged(path)
    return SSlibKey.from_crypto(key)


def open_key(path: Path, passphrase: bytes) -> CryptoSigner:
    """Open a key for signing.

    Raises:
        BadInput: missing, open to others, not encrypted, damaged, or another passphrase.
    """
    pem = _read(path).partition(_PUBLIC)[0]
    public = read_public(path)
    try:
        private = load_pem_private_key(pem, passphrase)
    except TypeError as error:  # cryptography's word for: a passphrase for a key that has none
        raise BadInput(
            "the key is not encrypted", where=str(path), hint="replace it: `peso keys rotate`"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(
            "the passphrase does not open this key",
            where=str(path),
            hint="check PESO_PASSPHRASE_FILE, or that the file is whole",
        ) from error
    try:
        return CryptoSigner(private, public)
    except (KeyMismatchError, ValueError) as error:
        raise _damaged(path) from error


def _read(path: Path) -> bytes:
    """Return the bytes of a key file that only its owner can read."""
    if not path.exists():
        raise BadInput(
            f"the key {path.stem} is missing",
            where=str(path),
            hint="bring it back into the key folder; if it is lost, `peso keys` makes another",
        )
    with files.disk(path, "read the key"), path.open("rb") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        data = stream.read(KEY_LIMIT + 1)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInput(
            "others than its owner can read or change this key",
            where=str(path),
            hint="chmod 600, and think whether it was seen: if so, `peso keys rotate`",
        )
    if len(data) > KEY_LIMIT:
        raise _damaged(path)
    return data


def _damaged(path: Path) -> BadInput:
    return BadInput(
        "not a key as `peso keys` writes it",
        where=str(path),
        hint="bring back a copy, or make another key: `peso keys rotate`",
    )
