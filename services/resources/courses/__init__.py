"""Items that are parts of a course, in their order."""
