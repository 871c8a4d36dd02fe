"""Placements: somebody of one school works at another for a time, from the application to the appraisal."""
