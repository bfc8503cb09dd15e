"""A recipe of the tests' own."""

from spack.package import *


class Zlib(Package):
    """The package zlib."""

    homepage = "https://example.org/zlib"
    url = "https://example.org/zlib-1.0.tar.gz"

    version("9.9", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    variant("shared", default=True, description="Build the shared library")
