"""Several schools develop an item together: who takes part as what, and what they say to each other about it."""
