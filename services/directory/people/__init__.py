"""People: who works where, and what the rosters know of them."""
