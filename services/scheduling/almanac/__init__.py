"""Almanac: days of a sheet that name no year, in the year that is meant."""
