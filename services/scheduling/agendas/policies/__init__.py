"""What the workbooks of offices mean: days, times, people and columns in whatever way they write them."""
