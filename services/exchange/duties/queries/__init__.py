"""Reads about logs."""
