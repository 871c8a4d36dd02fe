"""What a facility is, and the rules by which it is lent."""
