"""The smallest ELF files that say what they need and where they look for it."""

from __future__ import annotations

import struct
from pathlib import Path

_NULL, _NEEDED, _STRTAB, _STRSZ, _RPATH, _RUNPATH = 0, 1, 5, 10, 15, 29
_HEADER, _PROGRAM, _DYNAMIC = 64, 56, 16


def elf(*needed: str, rpath: str = "", runpath: str = "") -> bytes:
    """Return an ELF file of 64 bits with a dynamic section and nothing else."""
    texts, entries = b"\0", list[tuple[int, int]]()
    said = [(_NEEDED, one) for one in needed]
    said += [(_RPATH, rpath)] if rpath else []
    said += [(_RUNPATH, runpath)] if runpath else []
    for tag, text in said:
        entries.append((tag, len(texts)))
        texts += text.encode() + b"\0"
    dynamic_at = _HEADER + 2 * _PROGRAM
    texts_at = dynamic_at + _DYNAMIC * (len(entries) + 3)
    entries += [(_STRTAB, texts_at), (_STRSZ, len(texts)), (_NULL, 0)]
    size = texts_at + len(texts)
    dynamic = b"".join(struct.pack("<QQ", *one) for one in entries)
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = ident + struct.pack(
        "<HHIQQQIHHHHHH", 3, 62, 1, 0, _HEADER, 0, 0, _HEADER, _PROGRAM, 2, 64, 0, 0
    )
    load = struct.pack("<IIQQQQQQ", 1, 4, 0, 0, 0, size, size, 0x1000)
    found = struct.pack(
        "<IIQQQQQQ", 2, 4, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8
    )
    return header + load + found + dynamic + texts


def put(file: Path, data: bytes) -> Path:
    """Write a file with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file
