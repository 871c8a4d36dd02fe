"""Facilities: studios, special classrooms and mobile equipment that schools lend."""
