"""Recordings: a session that was held becomes something to teach with, and the schools that were invited hear of it."""
