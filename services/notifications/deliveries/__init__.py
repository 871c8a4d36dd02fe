"""What goes out by a channel: queued, tried, sent, given up, and the log that says why."""
