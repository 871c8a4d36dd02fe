"""Reads about placements."""
