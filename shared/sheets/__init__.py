"""Spreadsheets as offices send them: read by what their headers mean, and written for offices to read."""
