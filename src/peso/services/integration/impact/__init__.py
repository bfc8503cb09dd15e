"""What a change of one recipe touches: recipes, stacks, products and members."""
