"""What takes place when: a month, a week or a list of days, within what the reader may see."""
