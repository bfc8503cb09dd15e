"""What we do for the products: integration, assurance, delivery, in a release's order of life."""
