"""Who was there: checking in by a code in the hall, or by the list of whoever stands at the door."""
