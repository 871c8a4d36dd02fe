"""Mentoring: pairs of a master and an apprentice, and learning communities of 1 + 10 + N, with their meetings."""
