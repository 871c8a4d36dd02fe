"""How many hours (学时) somebody has learned: what was attended, counted by the rules of the region that hosted it."""
