"""Kinds of session: what there is to choose from, as an administrator keeps it."""
