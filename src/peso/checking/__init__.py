"""The check of a whole workspace: its files by themselves, and the sides against each other."""
