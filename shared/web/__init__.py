"""The web edge that every service shares: the application, its errors, its frame. No business word in it."""
