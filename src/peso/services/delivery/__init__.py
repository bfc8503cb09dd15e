"""Delivery: attest, sign, publish; and the facility's side: verify and install."""
