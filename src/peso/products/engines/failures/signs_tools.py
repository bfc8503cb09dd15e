"""Signs of what drives a build: configure, CMake, make, tests, Spack itself.

The facts are from the tools' own output, recorded in the tests or seen in public reports.
"""

from __future__ import annotations

from peso.products.engines.failures.sign import sign

_AUTOTOOL = r"^(?:\S*/)?(?:auto(?:reconf|conf|header|make|point)|aclocal|libtoolize)"
_SIMPLE_TOOL = (
    r"^(?:\S*/)?(?:install|cp|mv|ln|tar|cat|sed|chmod|rm|rsync|ranlib|ar|strip)(?:\.\w+)?: "
)
_ERROR = (
    r"^\s*(?:[\w./+-]{1,200}:\s+)?(?:[Ff]atal|FATAL|[Ee]rror|ERROR|FATAL ERROR|[Ff]atal error): "
)

CONFIGURE = (
    sign(
        "configure",
        needles=("error: ",),
        patterns=(
            r"^(?:\S*/)?configure: error: (?!in [`'])",
            r"^config\.status: error: ",
            r"\bmeson\.build:\d+:\d+: ERROR: ",
            _AUTOTOOL + r"(?:-[\d.]+)?: error: ",
            r"\.(?:ac|in|am|m4):\d+: error: ",
        ),
        yes=(
            "configure: error: the HDF5 library is needed; use --with-hdf5=DIR",
            "configure.ac:9: error: possibly undefined macro: AC_X",
            'meson.build:12:0: ERROR: Dependency "x" not found, tried pkgconfig and cmake',
            "/home/builder/x/configure: error: no acceptable C compiler found in $PATH",
        ),
        no=("configure: error: in `/home/builder/x':", "configure: WARNING: error handling is off"),
    ),
    sign(
        "cmake",
        needles=("cmake error",),
        patterns=(
            r"^\s*CMake Error at .{1,1000}:\s*$",
            r"^\s*CMake Error in .{1,1000}:\s*$",
            r"^\s*CMake Error:\s*$",
        ),
        yes=(
            "CMake Error at CMakeLists.txt:5 (find_package):",
            "  CMake Error at cmake/x.cmake:7 (message):",
        ),
        no=("CMake Warning at CMakeLists.txt:5 (message):", "CMake Error handling: on"),
        told_below=True,
    ),
    sign(
        "cmake",
        needles=("cmake error",),
        patterns=(r"^\s*CMake Error: \S", r"^\s*CMake Error at .{1,1000}: \S"),
        yes=('CMake Error: The source directory "/x" does not exist.',),
    ),
)

TESTS = (
    sign(
        "test",
        needles=("fail: ", "error: "),
        patterns=(r"^(?:FAIL|ERROR): \S+(?: - .{0,1000}| \(exit status: \d+\))?$",),
        yes=(
            "FAIL: residual",
            "FAIL: residual (exit status: 1)",
            "ERROR: ring - missing test plan",
        ),
        no=("XFAIL: residual", "# FAIL:  0", "PASS: fail", "ERROR: the file is gone"),
    ),
    sign(
        "test",
        needles=(
            "***failed",
            "***exception",
            "***not run",
            "tests failed",
            "failed  ]",
            "failed test",
            "= failures",
        ),
        patterns=(
            r"\*\*\*(?:Failed|Exception|Not Run)",
            r"^The following tests FAILED:",
            r"^\[  FAILED  \] ",
            r"^=+ FAILURES =+",
            r"^FAILED tests?[/_.]",
        ),
        yes=(
            "2/2 Test #2: residual .....***Failed    0.00 sec",
            "[  FAILED  ] Solver.Residual (3 ms)",
            "FAILED tests/test_x.py::test_y - assert 1 == 2",
        ),
        no=("100% tests passed, 0 tests failed out of 2",),
    ),
    sign(
        "test",
        needles=("not ok ",),
        patterns=(r"^not ok \d+(?![^#\n]{0,1000}# (?:TODO|SKIP|todo|skip))",),
        yes=("not ok 3 - residual",),
        no=("not ok 3 - residual # TODO later",),
        weight="likely",
    ),
)

ELSE = (
    sign(
        "other",
        needles=("no rule to make", "missing and no known rule", "missing separator"),
        patterns=(
            r"\*\*\* No rule to make target",
            r"missing and no known rule to make it",
            r"\*\*\* missing separator",
        ),
        yes=(
            "make: *** No rule to make target 'x.h', needed by 'y.o'.  Stop.",
            "ninja: error: 'x.h', needed by 'y.o', missing and no known rule to make it",
        ),
    ),
    sign(
        "other",
        needles=("cannot ", "can't "),
        patterns=(_SIMPLE_TOOL + r"(?:\S{1,400}: )?(?:[Cc]annot |can't )",),
        yes=(
            "install: cannot stat 'libsolve.so.1': No such file or directory",
            "tar: x.tar: Cannot open: No such file or directory",
        ),
        weight="likely",
    ),
    sign(
        "other",
        needles=("error: ", "fatal: "),
        patterns=(
            _ERROR + r"(?![\d.+-]|not a git repo|No names found|no error)(?=.{0,200}[A-Za-z]{3})",
        ),
        yes=(
            "error: subprocess-exited-with-error",
            "libtool:   error: cannot find the library 'x.la'",
            "fatal: destination path 'x' already exists",
        ),
        no=(
            "error: 1.2e-12",
            "fatal: not a git repository (or any of the parent directories): .git",
            "  relative error: 3.0e-16 ok",
        ),
        weight="likely",
    ),
)

LATE = (
    sign(
        "memory",
        needles=("] error 137", "] killed"),
        patterns=(r"\*\*\* \[.{1,600}\] (?:Error 137|Killed)$",),
        yes=("make: *** [Makefile:5: solve] Error 137",),
        weight="late",
    ),
    sign(
        "link",
        needles=("collect2: ", "linker command failed"),
        patterns=(r"collect2: (?:fatal )?error: ", r"linker command failed with exit code"),
        yes=("collect2: error: ld returned 1 exit status",),
        weight="late",
    ),
    sign(
        "compile",
        needles=("treated as errors", "could not compile", "error: command "),
        patterns=(
            r"warnings being treated as errors",
            r"^error: could not compile",
            r"^\s*error: command '.{1,1000}' failed",
        ),
        yes=("cc1: all warnings being treated as errors",),
        weight="late",
    ),
    sign(
        "other",
        needles=("*** [", "build stopped: ", "exited with status ", "processerror", "==> error: "),
        patterns=(
            r"\*\*\* \[.{1,600}\] (?:Error \d+|[A-Z][a-z]+(?: [a-z]+){0,3}(?: \(core dumped\))?)$",
            r"^ninja: build stopped: ",
            r"^Command exited with status \d+:",
            r"\bProcessError: ",
            r"^==> Error: ",
        ),
        yes=(
            "make: *** [Makefile:10: solve.o] Error 1",
            "Command exited with status 2:",
            "make[2]: *** [Makefile:3: check] Segmentation fault (core dumped)",
        ),
        no=("make: [Makefile:3: clean] Error 1 (ignored)",),
        weight="late",
    ),
)
