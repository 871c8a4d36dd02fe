"""Reads about compliance."""
