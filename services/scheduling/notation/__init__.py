"""Notation: how offices write days, times and people."""
