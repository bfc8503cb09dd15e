"""Layout: what both sides know of a publication: where things lie, who signs, what is newest."""
