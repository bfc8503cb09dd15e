"""PESO: from a stack definition to a release that a facility can prove and install."""
