"""Duties: what somebody who is placed has done, with its evidence, against the targets of the agreement."""
