"""Invitations and what schools answer to them."""
