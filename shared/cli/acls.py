"""`tongxing topics acls`."""

from collections.abc import Sequence

import click

from shared import discovery
from shared.cli.printing import print_json, print_table
from shared.cli.selection import json_option, service_option
from shared.events.acl import permissions


@click.command
@service_option
@json_option
def acls(*, services: Sequence[str], as_json: bool) -> None:
    """Who may do what at Kafka, from the contracts; what is not listed is forbidden.

    In a checkout, for the cluster that deploy/secure starts: tongxing topics acls --json > deploy/init/acls.json
    """
    found = sorted(
        permission
        for service in discovery.load_chosen(services)
        for permission in permissions(service.name, reactions=service.reactions)
    )
    if as_json:
        print_json(found)
        return
    print_table(
        ("PRINCIPAL", "RESOURCE", "NAME", "MAY"),
        [(f"User:{one.principal}", one.resource, one.name, one.operation) for one in found],
    )
