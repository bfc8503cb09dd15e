"""The roof: text in, text out. A command is at most 15 lines."""
