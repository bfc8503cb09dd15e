"""People: accounts, their roles, invitations, and the audit; private rows, never rebuilt."""
