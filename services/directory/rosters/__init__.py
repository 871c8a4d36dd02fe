"""Rosters: what a workbook of an office says about its regions, schools and people."""
