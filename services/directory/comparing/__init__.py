"""Comparing: what a roster would change in the register, before anything is changed."""
