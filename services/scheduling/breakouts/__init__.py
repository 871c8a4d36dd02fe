"""Breakout groups: who of those who come to a session works with whom, where, and who leads them."""
