"""What is on its way, what is kept, and where it belongs."""
