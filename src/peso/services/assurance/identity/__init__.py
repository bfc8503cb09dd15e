"""Identity: whose code a Spack package is, and by which names others speak of it."""
