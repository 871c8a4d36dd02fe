"""Placed: people who work at another school for a time, and so are busy for whoever else plans with them."""
