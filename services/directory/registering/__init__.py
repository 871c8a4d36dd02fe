"""Entering and correcting by hand, between two rosters: a teacher who comes in spring, a school's new number."""
