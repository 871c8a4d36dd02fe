"""Reads about items."""
