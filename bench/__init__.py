"""Generators with exact truth, and the measurements made on them."""
