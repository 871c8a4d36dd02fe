"""Reads about filing forms."""
