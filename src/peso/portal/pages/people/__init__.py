"""Pages of accounts, roles, proposals and the back office."""
