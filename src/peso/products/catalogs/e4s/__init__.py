"""E4S's product list: the repositories it names, and what is said of each."""
