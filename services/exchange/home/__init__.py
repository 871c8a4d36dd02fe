"""The first page of exchange."""
