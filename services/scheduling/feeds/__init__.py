"""Addresses that a calendar programme reads (RFC 5545): one's own sessions, a school's, a place's."""
