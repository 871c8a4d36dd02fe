"""What may be done with places."""
