"""The steps of a release's life: what decides each, what does it, and when it is stale."""
