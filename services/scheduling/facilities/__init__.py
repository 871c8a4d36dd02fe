"""Facilities: the rooms of other schools that sessions borrow, asked for by events."""
