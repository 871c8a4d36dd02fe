"""Matching: who of a list is somebody whom the directory knows."""
