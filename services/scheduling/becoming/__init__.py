"""Becoming: the sessions that the rows of an agenda become."""
