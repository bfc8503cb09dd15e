"""The consortium's catalog: Markdown files with YAML in front, and YAML and JSON data."""
