"""Pure rules of timetables."""
