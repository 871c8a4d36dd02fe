"""What each school was told, newest first."""
