"""Plans: what a session is to be, as frozen values that its capability and its programme share."""
