"""Workbooks: what an agenda and its list of trainees say, as frozen values."""
