from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class PatchDoesNotApply(MakefilePackage):
    """Tiny project: patch-does-not-apply."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/patch-does-not-apply-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    patch("stale.patch")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
