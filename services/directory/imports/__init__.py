"""Imports: the rosters that offices keep, from an upload to the register."""
