"""Notation: how offices write days."""
