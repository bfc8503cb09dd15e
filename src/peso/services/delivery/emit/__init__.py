"""What a facility's own tools read to use an installed release: externals for Spack, modules."""
