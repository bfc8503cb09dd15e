"""What we steward: stacks, the engines that make them and the platforms they are made on."""
