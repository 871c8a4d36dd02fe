"""What runs while an image is built, and its health check."""
