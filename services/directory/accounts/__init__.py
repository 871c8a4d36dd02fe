"""Accounts and the links that sign them in."""
