"""Use: what is looked at, taken away, played, borrowed and taught with, by whose people, counted the same way twice."""
