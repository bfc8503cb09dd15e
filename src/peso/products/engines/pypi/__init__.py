"""The PyPI engine: Python products, resolved, made and installed through uv."""
