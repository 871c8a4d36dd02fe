"""Appraisals: what several raters say of somebody who was placed, the result, and what follows from it."""
