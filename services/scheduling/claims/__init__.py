"""Claims: who and what is taken when, so that no two sessions have the same person, account or place at once."""
