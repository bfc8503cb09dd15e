"""Pages of products, releases, stacks and recipes: what everybody sees."""
