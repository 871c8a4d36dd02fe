"""What somebody searches for, as every service reads it from the address."""

from flask import request

#: Characters of it that count.
LONGEST = 64


def words() -> str:
    """The words of `?q=`, a space between; what nobody can type, such as NUL, which PostgreSQL refuses, is left out."""
    typed = request.args.get("q", "")[:LONGEST]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())
