"""What waits for whom, of all services: directory's own copy."""
