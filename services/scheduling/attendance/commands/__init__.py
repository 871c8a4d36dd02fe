"""Letting people in, entering who was there, and correcting that."""
