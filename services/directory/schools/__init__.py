"""Schools: which there are, and the whole state of each for everybody who keeps a copy."""
