"""Recalls: taking back, as a whole, what was released by mistake."""
