from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class CmakeCompilerDoesNotWork(CMakePackage):
    """Tiny project: cmake-compiler-does-not-work."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/cmake-compiler-does-not-work-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("gmake", type="build")

    def cmake_args(self):
        return ["-DCMAKE_EXE_LINKER_FLAGS=-Wl,--no-such-option"]
