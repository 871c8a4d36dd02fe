"""Reads about bookings, and where they lie on the line of a day."""
