"""What the ecosystem is asked for: a register of needs, ranked openly, delivered and answered."""
