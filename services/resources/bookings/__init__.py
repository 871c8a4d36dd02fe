"""Bookings: who has which facility when, asked for by a school or by a session."""
