"""Runs in a service's container: which databases its role can open. Prints {"database": "what happened"}."""

import json
import re
import sys
from pathlib import Path

import psycopg

url = Path("/run/tongxing/database").read_text().replace("+psycopg", "")
found = {}
for database in sys.argv[1:]:
    try:
        with psycopg.connect(re.sub(r"/\w+$", f"/{database}", url), connect_timeout=5) as connection:
            row = connection.execute("SELECT current_user").fetchone()
            found[database] = f"opened as {row[0]}" if row else "?"
    except psycopg.OperationalError as error:
        found[database] = "refused" if "permission denied for database" in str(error) else str(error)
sys.stdout.write(json.dumps(found))
