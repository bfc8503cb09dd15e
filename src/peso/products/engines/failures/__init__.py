"""What a failed build's log says: the first real error, and its kind."""
