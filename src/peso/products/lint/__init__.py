"""A linter of stacks that knows the recipes: what is wrong with a definition, before any solve."""
