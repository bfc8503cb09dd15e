"""Pushing: what a runner sends to a portal, signed; and whether it is taken. Pure over bytes."""
