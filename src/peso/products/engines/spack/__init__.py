"""The engine `spack`: native software, resolved and built by Spack. PESO drives it."""
