"""Which feature of a processor an instruction needs, by its name as objdump prints it.

A table for what tells general targets apart (x86-64 levels, Arm's extensions), not of all there is:
an instruction that is in no row needs nothing that is told here. Features have archspec's names.

1. A register decides before a name: `zmm` and mask registers are AVX-512's, `z0.d` is SVE's.
2. `tzcnt` and `pause` run, as something else or as nothing, on processors that do not know them;
   they tell nothing and are in no row.
"""

from __future__ import annotations

import re
from typing import Final

_X86: Final = (
    (
        "avx512dq",
        r"""v(?:fpclass|range|reduce)[ps][sd]\w* | vpmullq | vcvtt?p[sd]2u?qq | vpmov[dq]2m
            | vpmovm2[dq]""",
    ),
    (
        "avx512bw",
        r"""vpmov[bw]2m | vpmovm2[bw] | vmovdqu(?:8|16) | vpblendm[bw] | vperm[it]2w | vpermw
            | vpsllvw | vpsr[al]vw""",
    ),
    ("avx512cd", r"vpconflict[dq] | vplzcnt[dq] | vpbroadcastm\w+"),
    (
        "avx512f",
        r"""vpternlog[dq] | vmovdq[au](?:32|64) | vpblendm[dq] | vblendmp[sd] | vscale\w+
            | vget(?:exp|mant)\w+ | vrndscale\w+ | vcompressp[sd] | vexpandp[sd]
            | vp(?:compress|expand)[dq] | k(?:mov|and|or|xor|not|xnor|ortest|shift[lr]|unpck)\w*""",
    ),
    (
        "avx2",
        r"""vpgather[dq][dq] | vgather[dq]p[sd] | vperm[qd] | vpermp[sd] | vperm2i128
            | v(?:insert|extract)i128 | vpbroadcast[bwdq] | vpsllv[dq] | vpsr[la]v[dq]
            | vpmaskmov[dq] | vpblendd""",
    ),
    ("fma", r"vfn?m(?:add|sub|addsub|subadd)\d{3}[ps][sd]"),
    ("f16c", r"vcvtph2ps | vcvtps2ph"),
    ("bmi2", r"mulx | pdep | pext | rorx | sarx | shlx | shrx | bzhi"),
    ("bmi1", r"andn | bextr | blsi | blsmsk | blsr"),
    ("abm", r"lzcnt\w?"),
    ("movbe", r"movbe\w?"),
    ("avx", r"v(?!er[rw]|m(?!a|in|ov|ul|psadbw))[a-z]\w+"),
    ("sse4_2", r"pcmp[ei]str[im] | pcmpgtq | crc32\w?"),
    ("popcnt", r"popcnt\w?"),
    (
        "sse4_1",
        r"""pblend\w+ | blendv?p[sd] | dpp[sd] | extractps | insertps | pinsr[bdq] | pextr[bdq]
            | pm(?:ax|in)(?:sb|sd|uw|ud) | pmov[sz]x\w+ | pmuldq | pmulld | ptest | round[ps][sd]
            | mpsadbw | packusdw | pcmpeqq | phminposuw | movntdqa""",
    ),
    (
        "ssse3",
        r"""pshufb | palignr | pabs[bwd] | psign[bwd] | ph(?:add|sub)(?:[wd]|sw) | pmaddubsw
            | pmulhrsw""",
    ),
    ("sse3", r"addsubp[sd] | h(?:add|sub)p[sd] | lddqu | mov(?:d|sh|sl)dup | fisttp\w*"),
    ("cx16", r"cmpxchg16b"),
)
_ARM: Final = (
    (
        "atomics",
        r"""(?:ld|st)(?:add|clr|eor|set|[su]max|[su]min)(?:a|l|al)?[bh]?
            | casp?(?:a|l|al)?[bh]? | swp(?:a|l|al)?[bh]?""",
    ),
    ("crc32", r"crc32c?[bhwx]"),
    ("aes", r"aes(?:e|d|mc|imc)"),
    ("sha1", r"sha1\w+"),
    ("sha2", r"sha256\w+"),
    ("sha512", r"sha512\w+"),
    ("asimddp", r"[su]dot"),
    ("asimdrdm", r"sqrdml[as]h"),
    ("i8mm", r"usdot | us?mmla | smmla"),
    ("bf16", r"bf(?:dot|mmla|cvtn?2?|mlal[bt])"),
    ("lrcpc", r"ldapr[bh]?"),
    ("fcma", r"fcmla | fcadd"),
    ("jscvt", r"fjcvtzs"),
)
_ASKS: Final = {"x86": re.compile(r"cpuid|xgetbv"), "arm": re.compile(r"(?!)")}
_REGISTERS: Final = {
    "x86": (
        ("avx512f", re.compile(r"%zmm|\{%k[1-7]\}")),
        ("avx512vl", re.compile(r"%[xy]mm(?:1[6-9]|2\d|3[01])|%[xy]mm\d+\{%k[1-7]\}")),
    ),
    "arm": (("sve", re.compile(r"\bz\d{1,2}\.[bhsdq]\b|\bp\d{1,2}/[mz]\b")),),
}
_INTEGER_YMM: Final = re.compile(r"vp(?!erm2f128|ermilp)\w+")


def _table(rows: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{words})" for name, words in rows), re.VERBOSE)


_NAMES: Final = {"x86": _table(_X86), "arm": _table(_ARM)}


def needs(machine: str, name: str, operands: str) -> frozenset[str]:
    """Return the features an instruction needs.

    Args:
        machine: `x86` or `arm`.
        name: The instruction, e.g. `vfmadd231pd`.
        operands: As objdump prints them.
    """
    found = {feature for feature, register in _REGISTERS[machine] if register.search(operands)}
    named = _NAMES[machine].fullmatch(name)
    if named is not None and named.lastgroup:
        found.add(named.lastgroup)
    if "avx" in found and "%ymm" in operands and _INTEGER_YMM.fullmatch(name):
        found.add("avx2")
    return frozenset(found)


def asks(machine: str, name: str) -> bool:
    """Say whether an instruction asks the processor what it can do."""
    return _ASKS[machine].fullmatch(name) is not None
