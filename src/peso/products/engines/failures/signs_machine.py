"""Signs of what a build needs and does not get: disk, memory, time, sources, programs, permission.

The facts are from the tools' own output, recorded in the tests or seen in public reports.
"""

from __future__ import annotations

from peso.products.engines.failures.sign import sign

RESOURCES = (
    sign(
        "disk",
        needles=("no space left on device", "disk quota exceeded", "errno 28", "errno 122"),
        patterns=(r"No space left on device", r"Disk quota exceeded", r"\[Errno (?:28|122)\]"),
        yes=(
            "dd: error writing 'table.bin': No space left on device",
            "a.s: Fatal error: can't write 12 bytes to m.o: 'No space left on device'",
            "OSError: [Errno 122] Disk quota exceeded: '/home/builder/x'",
        ),
    ),
    sign(
        "memory",
        needles=(
            "killed",
            "out of memory",
            "memory exhausted",
            "bad_alloc",
            "cannot allocate memory",
            "memoryerror",
            "memory allocation of",
        ),
        patterns=(
            r"Killed signal terminated program",
            r"internal compiler error: Killed",
            r"memory exhausted",
            r"std::bad_alloc",
            r"Cannot allocate memory",
            r"^\s*MemoryError\b",
            r"(?:^|: )(?:LLVM ERROR: )?[Oo]ut of memory\b",
            r"memory allocation of \d+ bytes failed",
        ),
        yes=(
            "g++: fatal error: Killed signal terminated program cc1plus",
            "cc1plus: out of memory allocating 65536 bytes after a total of 8 bytes",
            "  what():  std::bad_alloc",
            "virtual memory exhausted: Cannot allocate memory",
            "c++: internal compiler error: Killed (program cc1plus)",
        ),
        no=("Killed", "testing what is done when out of memory"),
    ),
    sign(
        "time",
        needles=("timed out", "timeout", "due to time limit"),
        patterns=(
            r"\*\*\*Timeout\b",
            r"DUE TO TIME LIMIT",
            r"\bTimeout(?:Expired|Error)\b",
            r": timed out after ",
        ),
        yes=(
            "1/2 Test #1: ring ..........***Timeout  10.01 sec",
            "slurmstepd: error: *** JOB 7 ON n1 CANCELLED DUE TO TIME LIMIT ***",
        ),
        no=("timeout = 10",),
    ),
)

SOURCES = (
    sign(
        "checksum",
        needles=("checksum", "hash mismatch", "do not match the hashes"),
        patterns=(
            r"[Cc]hecksum (?:failed|mismatch|verification failed|did ?n.t match)",
            r"\bChecksumError\b",
            r"(?:hash|HASH) mismatch",
            r"DO NOT MATCH THE HASHES",
            r"[Cc]hecksum.{0,40} does not match",
        ),
        yes=(
            "spack.error.ChecksumError: sha256 checksum failed for /home/builder/x.tar.gz",
            "      error: downloading 'https://example.org/x.zip' failed: HASH mismatch",
        ),
        no=("checksum: fast",),
    ),
    sign(
        "patch",
        needles=("hunk", "patch"),
        patterns=(
            r"^Hunk #\d+ FAILED at",
            r"hunks? FAILED",
            r"^error: patch failed: ",
            r": patch does not apply",
            r"^patch: \*{4} ",
            r"^Reversed \(or previously applied\) patch",
            r"\bNoSuchPatchError\b",
            r"^==> Patch .{1,400} failed\.",
        ),
        yes=(
            "Hunk #1 FAILED at 1.",
            "1 out of 1 hunk FAILED -- saving rejects to file error.c.rej",
            "error: patch failed: src/a.c:12",
            "==> Patch /home/builder/recipes/stale.patch failed.",
        ),
        no=("Hunk #2 succeeded at 40 (offset 3 lines).", "==> Applied patch fix.patch"),
    ),
    sign(
        "fetch",
        needles=(
            "fetchers failed",
            "could not resolve",
            "unable to access",
            "curl: (",
            "urlopen error",
            "failed to clone",
            "unable to resolve host",
            "error: downloading",
            "fetcherror",
            "temporary failure in name",
        ),
        patterns=(
            r"All fetchers failed",
            r"Could not resolve (?:host|proxy)",
            r"fatal: unable to access '",
            r"^\s*curl: \(\d+\)",
            r"urlopen error",
            r"Failed to clone (?:repository|submodule)",
            r"unable to resolve host",
            r"error: downloading '",
            r"\bFetchError\b",
            r"Temporary failure in name res",
        ),
        yes=(
            "spack.error.FetchError: All fetchers failed for spack-stage-x-1.0-abc",
            "curl: (6) Could not resolve host: example.org",
            "fatal: unable to access 'https://example.org/x.git/': Could not resolve host",
        ),
    ),
)

_MPI = r"\b(?:mpi(?:cc|cxx|c\+\+|CC|f77|f90|fort|exec|run)|prterun|srun)['\u2019]?: "
_ABSENT = r"(?:(?:command )?not found|No such file or directory)"

PROGRAMS = (
    sign(
        "mpi",
        needles=(
            "not found",
            "no such file",
            "permission denied",
            "slots available",
            "mpi_abort was",
            "was unable",
            "has detected an attempt",
            "has exited due",
            "query of package",
        ),
        patterns=(
            _MPI + r"(?:" + _ABSENT + r"|Permission denied)",
            r"not enough slots available",
            r"MPI_ABORT was invoked",
            r"(?:mpirun|mpiexec|prterun) (?:was unable|has detected an attempt|has exited due)",
            r"Query of package '(?:\w+-){0,4}(?:open)?mp(?:i|ich)\w*' for '\w+' failed",
        ),
        yes=(
            "make: /opt/openmpi/bin/mpicc: No such file or directory",
            "/bin/sh: 1: mpif90: not found",
            "mpirun has detected an attempt to run as root.",
            "There are not enough slots available in the system to satisfy the 4",
            "AttributeError: Query of package 'openmpi' for 'headers' failed",
            "AttributeError: Query of package 'cray-mpich' for 'libs' failed",
        ),
        no=("checks mpicc... not found", "AttributeError: Query of package 'x' for 'libs' failed"),
    ),
    sign(
        "missing-program",
        needles=("not found", "no such file"),
        patterns=(
            r"^(?:\S*/)?(?:ba|da|z|k)?sh: (?:line )?(?:\d+: )?(?:exec: )?\S{1,400}: " + _ABSENT,
            r"^\S{1,400}: (?:line )?\d+: (?:exec: )?\S{1,400}: " + _ABSENT,
            r"^(?:\S*/)?env: .{1,200}: No such file or directory",
            r"^(?:\S*/)?g?make(?:\[\d+\])?: [^*\s]\S{0,400}: No such file or directory",
        ),
        yes=(
            "/bin/sh: 1: flex: not found",
            "bash: line 1: ninja: command not found",
            "make: nosuch-bison: No such file or directory",
            "/usr/bin/env: 'python2': No such file or directory",
            "build.sh: line 12: /opt/gone/bin/cc: No such file or directory",
            "/store/compiler-wrapper/libexec/gcc/gcc: 205: exec: /gone/bin/gcc: not found",
        ),
        no=("make: *** gone: No such file or directory.  Stop.", "sh: flex found"),
        confirmed_by=("error 12", "status 12", "code 12"),
    ),
    sign(
        "missing-program",
        needles=("no module named", "for 'command' failed"),
        patterns=(
            r"^\s*(?:ModuleNotFoundError|ImportError): No module named",
            r"Query of package '.{1,200}' for 'command' failed",
        ),
        yes=(
            "ModuleNotFoundError: No module named 'numpy'",
            "AttributeError: Query of package 'tcl' for 'command' failed",
        ),
        no=("python: No module named numpy",),
    ),
)

_FILE_TOOL = (
    r"^(?:\S*/)?(?:install|cp|mkdir|ln|mv|rm|rmdir|touch|chmod|chown|tar|rsync|make|\w*sh)"
    r"(?:\.\w+|\[\d+\])?: "
)

PERMISSION = (
    sign(
        "permission",
        needles=(
            "permission denied",
            "not permitted",
            "read-only file system",
            "errno 13",
            "errno 1]",
            "errno 30",
        ),
        patterns=(
            _FILE_TOOL
            + r".{0,1000}(?:Permission denied|Operation not permitted|Read-only file system)",
            r"\[Errno (?:13|1|30)\]",
            r"(?:open|create|write|exec|copy|remove).{0,400}: (?:Permission denied|Read-only file)",
        ),
        yes=(
            "install: cannot create regular file '/usr/local/bin/solve': Permission denied",
            "PermissionError: [Errno 13] Permission denied: '/usr/local/lib'",
            "mkdir: cannot create directory '/opt/x': Read-only file system",
            "/usr/bin/ld: cannot open output file /usr/lib/x.so: Permission denied",
        ),
        no=("find: '/root': Permission denied",),
        weight="likely",
    ),
)
