"""School years: closed once, so that their figures stay as they were when the rosters of the next one come."""
