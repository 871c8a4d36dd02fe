"""Compliance: whether a region exchanges as many as its rules want, with the people behind each number."""
