"""What may be done with bookings: by who asks, by who owns, by the clock, and by events from scheduling."""
