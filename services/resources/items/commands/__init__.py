"""Making items, opening them, publishing them."""
