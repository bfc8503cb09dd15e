"""The consortium: who is in it, who speaks for whom, and what its by-laws say is due."""
