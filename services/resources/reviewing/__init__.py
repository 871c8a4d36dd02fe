"""By whose word items are published: a region's rule, and the reviews that were asked for."""
