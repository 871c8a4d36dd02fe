"""Timetables: the agenda and the sign-in sheet of a programme, on paper and as workbooks."""
