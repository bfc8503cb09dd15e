"""The Spack engine: native products, resolved, built and placed by the Spack that is at hand."""
