"""Pages: views by noun; a query, a record, a template."""
