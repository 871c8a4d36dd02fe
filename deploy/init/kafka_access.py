"""At a Kafka that trusts nobody: a password for each service, and what each may do; nothing else is allowed.

    python -m deploy.init.kafka_access

/run/tongxing holds the administrator's certificate, /secrets the passwords, and beside this file lies the matrix that
`tongxing topics acls --json` prints. Safe to run at every start: what the matrix no longer grants is taken away.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError

MATRIX = Path(__file__).with_name("acls.json")

#: The matrix's words as the library's.
OPERATIONS = {
    "Read": ACLOperation.READ,
    "Write": ACLOperation.WRITE,
    "Create": ACLOperation.CREATE,
    "Describe": ACLOperation.DESCRIBE,
    "DescribeConfigs": ACLOperation.DESCRIBE_CONFIGS,
    "AlterConfigs": ACLOperation.ALTER_CONFIGS,
}
RESOURCES = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}


def admit(admin: KafkaAdminClient, passwords: Mapping[str, str]) -> None:
    """Let each service sign in with its password from now on."""
    refused = admin.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(name, "SCRAM-SHA-512", word) for name, word in passwords.items()]
    )
    if any(refused.values()):
        raise KafkaError(str(refused))


def grant(admin: KafkaAdminClient, matrix: Iterable[Mapping[str, str]], *, services: Sequence[str]) -> int:
    """Make what these services may do exactly what the matrix says; answers how many rules changed."""
    wanted = {
        ACL(
            f"User:{one['principal']}",
            "*",
            OPERATIONS[one["operation"]],
            ACLPermissionType.ALLOW,
            ResourcePattern(RESOURCES[one["resource"]], one["name"]),
        )
        for one in matrix
    }
    there = {rule for service in services for rule in _rules_of(admin, service)}
    missing, surplus = wanted - there, there - wanted
    # First what is new, so that nobody is without it for a moment.
    if missing:
        failed = admin.create_acls(list(missing))["failed"]
        if failed:
            raise KafkaError(f"it took {len(failed)} rules not")
    if surplus:
        admin.delete_acls([_exactly(rule) for rule in surplus])
    return len(missing) + len(surplus)


def _rules_of(admin: KafkaAdminClient, service: str) -> list[ACL]:
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    rules, _ = admin.describe_acls(
        ACLFilter(f"User:{service}", None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
    )
    return list(rules)


def _exactly(rule: ACL) -> ACLFilter:
    pattern = rule.resource_pattern
    return ACLFilter(
        rule.principal,
        rule.host,
        rule.operation,
        rule.permission_type,
        ResourcePatternFilter(pattern.resource_type, pattern.resource_name, pattern.pattern_type),
    )


def main() -> int:
    """Do what the first lines say."""
    services, server = os.environ["SERVICES"].split(), os.environ["KAFKA_ADMIN"]
    ours = Path("/run/tongxing")
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=server,
            security_protocol="SSL",
            ssl_cafile=str(ours / "authority.pem"),
            ssl_certfile=str(ours / "administrator.pem"),
            bootstrap_timeout_ms=10_000,
        )
        passwords = {
            service: (Path("/secrets") / f"{service}-kafka-password").read_text() for service in services
        }
        admit(admin, passwords)
        changed = grant(admin, json.loads(MATRIX.read_text()), services=services)
        admin.close()
    except (KafkaError, OSError) as error:
        sys.stderr.write(
            f"Kafka at {server} cannot be told who may do what: {error}. If its volume `kafka` was made by another "
            "installation, it trusts another authority than the one in the volume `secrets`.\n"
        )
        return 1
    sys.stdout.write(f"{len(services)} principals at Kafka; {changed} rules changed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
