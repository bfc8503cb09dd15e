from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class MemoryCompilerKilled(MakefilePackage):
    """Tiny project: memory-compiler-killed."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/memory-compiler-killed-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")
    depends_on("cxx", type="build")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
