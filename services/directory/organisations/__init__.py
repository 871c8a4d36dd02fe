"""Bureaus, training centres and other units that are no school."""
