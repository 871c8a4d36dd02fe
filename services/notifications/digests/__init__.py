"""One mail a day instead of many, without what was read meanwhile."""
