"""The API: read everything; thin over the same queries as the pages."""
