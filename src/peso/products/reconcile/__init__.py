"""One product across catalog, recipe and stacks: where they disagree."""
