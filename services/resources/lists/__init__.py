"""Items by the list: brought in from what offices send, changed many at once, and sent out again."""
