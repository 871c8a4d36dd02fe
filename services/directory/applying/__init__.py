"""Applying: what was confirmed goes into the register, and comes out again where it is undone."""
