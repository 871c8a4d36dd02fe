"""What holds in a region, and every version that it decided on, each against the one before."""

from datetime import date

from flask import render_template

from services.exchange.identities.queries import names_of
from services.exchange.rules.model import RegionRules, said_of
from services.exchange.rules.policies import MAY, changes, may_change
from services.exchange.rules.queries import regions_named, rulebook, versions_of
from services.exchange.rules.ui.asking import FIELDS, GROUPS, Page, blueprint, named_region, spoken
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import ZONE


@blueprint.get("/<region>")
@MAY["see"]
def page(region: str) -> Page:
    """A region's rules."""
    day = today()
    with reading() as db:
        name = named_region(db, region)
        book = rulebook(db, [region])
        held = book.on(region, day)
        whose = said_of(held, regions_named(db, [held.region_code]).get(held.region_code))
        versions = versions_of(db, region)
        names = names_of(db, {each.by for each in versions})
    before = {each.number: RegionRules.of(each.rules) for each in versions}
    return render_template(
        "exchange/rules.html",
        region=region,
        name=name,
        held=held,
        whose=whose,
        versions=versions,
        coming=[each for each in versions if each.valid_from > day],
        changes={
            number: changes(before[number - 1], rules)
            for number, rules in before.items()
            if number - 1 in before
        },
        names=names,
        may_change=MAY["change"].allows(signed_in())
        and may_change(region, signed_in().scopes("administrator", "coordinator")),
        FIELDS=FIELDS,
        GROUPS=GROUPS,
        spoken=spoken,
    )


def today() -> date:
    """The day that it is in China."""
    return edge().runtime.clock().astimezone(ZONE).date()
