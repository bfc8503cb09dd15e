"""A recipe of the tests' own."""

from spack.package import *


class Bundle(Package):
    """The package bundle."""

    homepage = "https://example.org/bundle"
    url = "https://example.org/bundle-1.0.tar.gz"

    has_code = False

    version("2026.1")
