"""Rules: what a region wants of its exchange, from a day on."""
