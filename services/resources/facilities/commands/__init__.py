"""What owners do with their facilities, and how a list of them comes in."""
