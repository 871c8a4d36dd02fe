"""A way back in for who forgot the password."""
