"""Regions: the tree of GB/T 2260, as far as anybody works in it."""
