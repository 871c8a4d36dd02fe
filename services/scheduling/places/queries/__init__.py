"""Reads about who is invited, who has answered and who takes part."""
