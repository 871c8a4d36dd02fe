"""scheduling: joint sessions of schools, from the first draft to everybody who must know."""
