"""A recipe of the tests' own."""

from spack.package import *


class Llvm(Package):
    """The package llvm."""

    homepage = "https://example.org/llvm"
    url = "https://example.org/llvm-1.0.tar.gz"

    version("19.1.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    provides("c")
