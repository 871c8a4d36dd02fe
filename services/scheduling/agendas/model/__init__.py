"""What a workbook says, and what becomes of it while it is looked at."""
