"""Published releases, asked about again with today's advisories: what became known since."""
