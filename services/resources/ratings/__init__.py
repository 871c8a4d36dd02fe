"""What readers think of a version: stars and words."""
