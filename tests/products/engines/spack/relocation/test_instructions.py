"""Instruction sets: which features instructions need, and a sample of a real program's code."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.products.engines.spack.elves import elf, put

from peso.base.finding import Unknown
from peso.products.engines.relocation import Instructions
from peso.products.engines.spack.relocation.instructions import instructions_of
from peso.products.engines.spack.relocation.mnemonics import asks, needs

TOOLS = shutil.which("gcc") and shutil.which("objdump")
SOURCE = "double f(double *a) {{ double s = 0; {body} return s; }}\n"
LOOP = "for (int i = 0; i < 64; i++) s += a[i] * a[63 - i];"


@pytest.mark.parametrize(
    ("name", "operands", "features"),
    [
        ("mov", "%rax,%rbx", ""),
        ("movapd", "%xmm0,%xmm1", ""),
        ("tzcnt", "%eax,%eax", ""),
        ("verr", "%ax", ""),
        ("vmcall", "", ""),
        ("popcnt", "%rax,%rbx", "popcnt"),
        ("pcmpistri", "$0xc,(%rdi),%xmm1", "sse4_2"),
        ("pshufb", "%xmm0,%xmm1", "ssse3"),
        ("roundsd", "$0x1,%xmm0,%xmm0", "sse4_1"),
        ("haddpd", "%xmm0,%xmm0", "sse3"),
        ("cmpxchg16b", "(%rdi)", "cx16"),
        ("vaddpd", "%ymm0,%ymm1,%ymm2", "avx"),
        ("vpaddd", "%ymm0,%ymm1,%ymm2", "avx avx2"),
        ("vpaddd", "%xmm0,%xmm1,%xmm2", "avx"),
        ("vfmadd231pd", "%ymm0,%ymm1,%ymm2", "fma"),
        ("mulx", "%rax,%rbx,%rcx", "bmi2"),
        ("andn", "%rax,%rbx,%rcx", "bmi1"),
        ("vaddpd", "%zmm0,%zmm1,%zmm2", "avx avx512f"),
        ("vmovdqu8", "(%rdi),%ymm16", "avx512bw avx512vl"),
        ("kmovd", "%eax,%k1", "avx512f"),
    ],
)
def test_of_x86(name: str, operands: str, features: str) -> None:
    assert needs("x86", name, operands) == frozenset(features.split())


@pytest.mark.parametrize(
    ("name", "operands", "features"),
    [
        ("add", "x0, x1, x2", ""),
        ("ldadd", "w0, w1, [x2]", "atomics"),
        ("casal", "w0, w1, [x2]", "atomics"),
        ("ldaddalb", "w0, w1, [x2]", "atomics"),
        ("fadd", "z0.d, p0/m, z0.d, z1.d", "sve"),
        ("sdot", "v0.4s, v1.16b, v2.16b", "asimddp"),
        ("crc32cx", "w0, w0, x1", "crc32"),
        ("aese", "v0.16b, v1.16b", "aes"),
    ],
)
def test_of_arm(name: str, operands: str, features: str) -> None:
    assert needs("arm", name, operands) == frozenset(features.split())


def test_asking_the_processor() -> None:
    assert asks("x86", "cpuid")
    assert not asks("x86", "mov")


def library(folder: Path, options: str, body: str = LOOP) -> Path:
    """Compile a small library."""
    source = put(folder / "x.c", SOURCE.format(body=body).encode())
    (folder / "unit/lib").mkdir(parents=True)
    made = folder / "unit/lib/libx.so"
    command = ["gcc", "-shared", "-fPIC", "-O3", "-ffast-math", *options.split()]
    subprocess.run([*command, "-o", made, source], check=True)
    return folder / "unit"


@pytest.mark.skipif(not TOOLS, reason="NOT TOLD: no gcc or objdump")
@pytest.mark.parametrize(
    ("options", "level"),
    [
        ("-march=x86-64", "x86_64"),
        ("-march=x86-64-v3", "x86_64_v3"),
        ("-march=x86-64-v4 -mprefer-vector-width=512", "x86_64_v4"),
    ],
)
def test_a_compiled_library(tmp_path: Path, options: str, level: str) -> None:
    if (
        not shutil.which("gcc")
        or "x86_64"
        not in subprocess.run(
            ["gcc", "-dumpmachine"], check=True, capture_output=True, text=True
        ).stdout
    ):
        pytest.skip("NOT TOLD: for x86-64 only")
    found = instructions_of(library(tmp_path, options), "/usr/bin:/bin")
    assert isinstance(found, Instructions)
    assert (found.level, found.files) == (level, 1)
    assert 0 < found.sampled <= found.of
    assert not found.asks


@pytest.mark.skipif(not TOOLS, reason="NOT TOLD: no gcc or objdump")
def test_without_objdump_nothing_is_known(tmp_path: Path) -> None:
    found = instructions_of(library(tmp_path, "-O1"), str(tmp_path))
    assert found == Unknown(unknown="there is no objdump on PATH")


def test_a_unit_without_programs(tmp_path: Path) -> None:
    put(tmp_path / "unit/include/x.h", b"int x;")
    put(tmp_path / "unit/lib/libx.so", elf())
    found = instructions_of(tmp_path / "unit", "/usr/bin")
    assert found == Unknown(unknown="the unit has no program and no shared library")
