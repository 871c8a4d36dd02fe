"""Filings: the form 教师交流轮岗备案表 as offices send it, looked at, confirmed, and taken back while nothing has followed."""
