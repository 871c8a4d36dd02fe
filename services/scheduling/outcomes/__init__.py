"""Outcomes: what trainees hand in, and whether it is accepted (成果验收)."""
