from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class CompilerBehindWrapperGone(MakefilePackage):
    """Tiny project: compiler-behind-wrapper-gone."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/compiler-behind-wrapper-gone-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    def setup_build_environment(self, env):
        env.set("SPACK_CC", "/opt/gcc-of-last-year/bin/gcc")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
