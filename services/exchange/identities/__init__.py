"""Identities: which accounts are whose, so that a teacher sees and does what is theirs."""
