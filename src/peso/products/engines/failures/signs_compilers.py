"""Signs of compilers, linkers and the files they look for.

The facts are from the tools' own output, recorded in the tests or seen in public reports.
"""

from __future__ import annotations

from peso.products.engines.failures.sign import sign

_COMPILER = (
    r"(?:^|/)(?:[\w.]+-){0,5}"
    r"(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|flang|nvcc|cc1|cc1plus|f951|lto1|icx|icpx|ifx|hipcc)"
    r"(?:-[\d.]+)?: "
)
_LD = r"(?:^|[/\s])(?:[\w.]+-){0,5}ld(?:\.\w+)?: "

COMPILERS = (
    sign(
        "missing-header",
        needles=(
            "no such file",
            "file not found",
            "open module file",
            "open source file",
            "error #7002",
            "for 'headers' failed",
        ),
        patterns=(
            r": fatal error: .{1,400}(?:: No such file or directory|file not found)",
            r"^(?:Fatal )?Error: Cannot open module file",
            r"catastrophic error: cannot open source file",
            r"error #7002: ",
            r"Unable to open MODULE file",
            r"Query of package '.{1,200}' for 'headers' failed",
        ),
        yes=(
            "io.c:2:10: fatal error: nosuch/io.h: No such file or directory",
            "Fatal Error: Cannot open module file 'netcdf.mod' for reading at (1): No such file",
            "a.cpp:1:10: fatal error: 'x.h' file not found",
            "AttributeError: Query of package 'zlib' for 'headers' failed",
        ),
        no=("gcc: fatal error: no input files",),
    ),
    sign(
        "missing-library",
        needles=(
            "cannot find -l",
            "unable to find library",
            "library not found for",
            "loading shared libraries",
            "unable to recursively locate",
            "for 'libs' failed",
        ),
        patterns=(
            r"cannot find -l",
            r"unable to find library -l",
            r"library not found for -l",
            r"error while loading shared libraries",
            r"Unable to recursively locate .{1,200} libraries",
            r"Query of package '.{1,200}' for 'libs' failed",
        ),
        yes=(
            "/usr/bin/ld: cannot find -lnosuch: No such file or directory",
            "./gen: error while loading shared libraries: libx.so.1: cannot open shared object",
            "ld.lld: error: unable to find library -lx",
        ),
        no=("dlopen in -ldl: cannot find",),
    ),
    sign(
        "link",
        needles=(
            "undefined reference",
            "undefined symbol",
            "multiple definition",
            ": relocation ",
            "dso missing",
            "ld: ",
            "ld.gold: ",
            "ld.lld: ",
            "symbol lookup error",
            "unresolved external",
            "file format not recognized",
        ),
        patterns=(
            r"undefined reference to",
            r"[Uu]ndefined symbols? (?:for|in)",
            r"undefined symbol: ",
            r"multiple definition of",
            r": relocation .{1,400} can ?not be used",
            r"DSO missing from command line",
            r": symbol lookup error: ",
            r"unresolved external",
            r"file format not recognized",
            _LD + r"(?:error: |unrecognized |unknown |cannot |final link failed)",
        ),
        yes=(
            "main.c:(.text.startup+0x9): undefined reference to `error_count'",
            "more.c:(.text+0x0): multiple definition of `f'; e.o:e.c:1: first defined here",
            "ld: t.o: relocation R_X86_64_32 against `.bss' can not be used when making a shared",
            "/usr/bin/ld: unrecognized option '--no-such-option'",
            "ld.lld: error: undefined symbol: dgemm_",
        ),
        no=(
            "/usr/bin/ld: main.o: in function `main':",
            "/usr/bin/ld: skipping incompatible /usr/lib/libx.so when searching for -lx",
            "build: unknown",
        ),
    ),
    sign(
        "compile",
        needles=(
            "error: ",
            "error #",
            "internal compiler error",
            "error[e",
            "nvfortran-",
            "nvc++-",
        ),
        patterns=(
            r":\d+(?::\d+)?:? (?:[Ff]atal )?[Ee]rror: ",
            r"\(\d+(?:,\d+)?\): (?:catastrophic |fatal )?error(?: #\d+| [A-Z]+\d+)?: ",
            r"internal compiler error: ",
            r"^(?:Fatal )?Error: .{0,1000}\(1\)",
            r"^error\[E\d+\]: ",
            r"\bNV(?:FORTRAN|C\+\+|C)-[SF]-\d",
        ),
        yes=(
            "part03.c:4:15: error: 'struct mesh' has no member named 'erors'",
            "x.s:12: Error: no such instruction: `foo'",
            'flux.cu(12): error: identifier "x" is undefined',
            "Error: Type mismatch in argument 'x' at (1); passed REAL(4) to REAL(8)",
            "error[E0425]: cannot find value `x` in this scope",
            "a.f90(3): error #6404: This name does not have a type",
        ),
        no=("main.c:12: 0 errors: none", "error: 1.2e-12", "x.c:3: note: error: is a label"),
    ),
    sign(
        "compile",
        needles=("error: ",),
        patterns=(_COMPILER + r"(?:fatal )?error: ",),
        yes=(
            "gcc: error: unrecognized command-line option '-std=c29'",
            "/usr/bin/x86_64-linux-gnu-g++-12: fatal error: no input files",
        ),
        no=("collect2: error: ld returned 1 exit status",),
    ),
)
