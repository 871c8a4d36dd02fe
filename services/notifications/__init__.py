"""notifications: what schools are told, and where they read it."""
