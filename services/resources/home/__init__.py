"""The first page of resources."""
