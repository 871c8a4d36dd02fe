"""Agreements: what regions, groups and schools promise each other before anybody moves, in versions that never change."""
