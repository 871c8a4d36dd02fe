"""Vocabulary: the columns of an agenda and of a list of trainees, and the words in them."""
