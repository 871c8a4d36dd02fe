"""Clock: how offices write times of a day."""
