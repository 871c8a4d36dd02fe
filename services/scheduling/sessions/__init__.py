"""Sessions: drafted, revised, released to the schools that are invited, and cancelled with a reason."""
