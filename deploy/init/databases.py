"""The second step: a database and a role for each service, and no way into another's.

    python -m deploy.init.databases

Safe to run at every start; a password that was changed takes effect with it. Says in one sentence what is wrong.
"""

import os
import sys
from pathlib import Path

import psycopg
from psycopg import sql

SECRETS = Path("/secrets")


class WrongError(Exception):
    """What stands there is not ours to change; a sentence for the operator."""


def ensure(connection: psycopg.Connection, service: str, password: str) -> None:
    """See to it that the database `service` exists, belongs to the role of the same name, and lets in nobody else.

    Raises WrongError where the database belongs to another role.
    """
    names = {"name": sql.Identifier(service), "password": sql.Literal(password)}
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (service,)).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {name}").format(**names))
    connection.execute(
        sql.SQL(
            "ALTER ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {password}"
        ).format(**names)
    )
    owner = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (service,)
    ).fetchone()
    if owner is None:
        connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {name} TEMPLATE template0").format(**names))
    elif owner[0] != service:
        raise WrongError(
            f"The database {service} belongs to {owner[0]}, not to {service}: this PostgreSQL holds somebody else's data. "
            "Give Tongxing a server or a volume of its own."
        )
    # Everybody may open a new database, and the maintenance database, unless told otherwise.
    for database in (service, "postgres", "template1"):
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))


def main() -> int:
    """Do what the first lines say."""
    host, services = os.environ.get("PGHOST", "postgres"), os.environ["SERVICES"].split()
    try:
        administrator = (SECRETS / "postgres-password").read_text().strip()
        with psycopg.connect(
            host=host,
            user="postgres",
            dbname="postgres",
            password=administrator,
            autocommit=True,
            connect_timeout=10,
        ) as connection:
            for service in services:
                ensure(connection, service, (SECRETS / f"{service}-database-password").read_text().strip())
    except WrongError as error:
        return _say(str(error))
    except FileNotFoundError as error:
        return _say(f"The volume `secrets` lacks {Path(error.filename).name}: let `init` run first.")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            return _say(
                "PostgreSQL refuses its administrator's password: the volumes `postgres` and `secrets` are of two "
                "installations. Put the right password into deploy/given/postgres-password."
            )
        return _say(f"PostgreSQL at {host} does not answer: {' '.join(str(error).split())}")
    sys.stdout.write(f"{len(services)} databases, each open to its own service alone.\n")
    return 0


def _say(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
