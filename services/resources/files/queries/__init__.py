"""What is on its way, and the files of a version."""
