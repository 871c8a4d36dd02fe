"""Figures of use."""
