"""The life of a session: its states, and what may be done in which."""
