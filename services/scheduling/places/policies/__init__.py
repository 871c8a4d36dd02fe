"""Who may name people, and who of them comes in."""
