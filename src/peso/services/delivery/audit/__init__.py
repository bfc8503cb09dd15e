"""A build cache of Spack, whoever made it: what can be proven about it, and what cannot."""
