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


def with_sections(data: bytes, **sections: bytes | None) -> bytes:
    """Return an ELF file with sections besides: `rodata=b"…"` is `.rodata`.

    `dynstr=None` is what the file has already: the texts its dynamic section names.
    """
    names, headers = b"\0", [bytes(64)]
    start = data.index(struct.pack("<Q", _STRTAB)) if "dynstr" in sections else 0
    for word, said in sections.items():
        name = f".{word.replace('__', '.')}".encode()
        if said is None:
            place = int(struct.unpack_from("<Q", data, start + 8)[0])
            size = int(struct.unpack_from("<Q", data, start + 24)[0])
        else:
            place, size = len(data), len(said)
            data += said
        headers.append(_section(len(names), place, size))
        names += name + b"\0"
    headers.append(_section(len(names), len(data), len(names) + 10, kind=3))
    data += names + b".shstrtab\0"
    table = len(data)
    data += b"".join(headers)
    data = data[:40] + struct.pack("<Q", table) + data[48:]
    return data[:60] + struct.pack("<HH", len(headers), len(headers) - 1) + data[64:]


def _section(name: int, place: int, size: int, kind: int = 1) -> bytes:
    return struct.pack("<IIQQQQIIQQ", name, kind, 2, place, place, size, 0, 0, 1, 0)
