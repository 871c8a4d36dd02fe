"""What schools share to teach with: courses, plans, recordings, in versions, open to whom its makers say."""
