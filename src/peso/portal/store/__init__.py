"""Store: the database of the portal: an index of files, which can be deleted and made anew."""
