"""Integration: plan, build and test a stack."""
