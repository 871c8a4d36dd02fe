"""Programmes: training classes, series and plans of a year, with their sessions and the people who take part."""
