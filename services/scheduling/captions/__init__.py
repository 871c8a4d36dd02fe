"""Captions: what stands around the table of an agenda."""
