"""Vocabulary: what offices call the things that the register keeps."""
