"""Rows: the tables of a workbook row by row, as put right, each cell with its place."""
