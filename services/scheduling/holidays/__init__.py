"""The school calendar: which days are free, which weekend days are workdays (调休), by region."""
