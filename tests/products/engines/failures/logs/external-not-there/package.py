from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class ExternalNotThere(MakefilePackage):
    """Tiny project: external-not-there."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/external-not-there-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("numactl")

    def build(self, spec, prefix):
        make(f"LDLIBS={spec['numactl'].libs.ld_flags}")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
