"""Partnerships: with whom the work is done. Facts come from files; what follows is decided here."""
