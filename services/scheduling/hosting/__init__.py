"""Hosting: for which region something is planned, and who may therefore see and change it."""
