"""Delivery: sign, attest and publish; and the facility's side: verify and install."""
