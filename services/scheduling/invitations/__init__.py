"""Invitations: which schools are asked to take part, whether their region agrees, and until when they may answer."""
