"""The blueprint, and what its pages ask of a request: which counties, which school year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from services.exchange.compliance.policies import ANSWERS, MAY, REASONS
from services.exchange.compliance.queries.counting import County, counties, years
from services.exchange.compliance.queries.people import WHAT
from services.exchange.compliance.queries.places import no_such_year, school_year
from services.exchange.rules.model import BACKBONE, STAGES
from services.exchange.rules.queries import regions_named
from shared.auth import covers
from shared.text import Sentence
from shared.web.edge import edge, signed_in
from shared.web.rendering import ZONE, say
from shared.web.scopes import narrowed

blueprint = Blueprint(
    "compliance",
    "services.exchange.compliance.ui",
    url_prefix="/exchange/compliance",
    template_folder="../../templates",
)

Page = str | tuple[str, int]

#: Counties that one page shows at once; a reader of more chooses a prefecture.
MOST = 40

#: The word and colour of each answer.
CHIPS = {"met": "done", "missed": "failed", "not_applicable": "plain"}
LEVELS = {
    "none": Sentence(zh="—", en="—"),
    "school": Sentence(zh="校级", en="School"),
    "county": Sentence(zh="县级", en="County"),
    "city": Sentence(zh="市级", en="City"),
    "province": Sentence(zh="省级", en="Province"),
    "national": Sentence(zh="国家级", en="National"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: a region (empty: all of the reader's), its counties, and the school year. regions, years: the choices."""

    region: str
    name: Sentence
    counties: Sequence[County]
    year: int
    regions: Sequence[tuple[str, str]]
    years: Sequence[int]

    @property
    def codes(self) -> list[str]:
        """Of the counties."""
        return [each.code for each in self.counties]


def reach() -> frozenset[str]:
    """The scopes whose counties the reader sees, of those in force."""
    return narrowed(signed_in().reads("administrator", "coordinator"))


def looked_after() -> frozenset[str]:
    """The scopes that the reader looks after."""
    return signed_in().scopes("administrator", "coordinator")


def today() -> date:
    """The day that it is in China."""
    return edge().runtime.clock().astimezone(ZONE).date()


def asked(db: Session, region: str, year: str) -> Asked:
    """What the address asks for. Raises Invalid for what cannot be meant, NotFound for what is not the reader's."""
    scopes = reach()
    within = counties(db, scopes)
    prefectures = list(dict.fromkeys(f"{each.code[:4]}00" for each in within))
    names = regions_named(db, prefectures)
    known = years(db)
    if region and not any(covers(scope, region=region) for scope in scopes):
        raise no_such_year()
    if not region and len(within) > MOST:
        region = prefectures[0]
    chosen = [each for each in within if not region or covers(f"region:{region}", region=each.code)]
    if region and not chosen:
        raise no_such_year()
    choices = [
        (code, say(names[code]))
        for code in prefectures
        if code in names and sum(each.code[:4] == code[:4] for each in within) > 1
    ]
    choices += [(each.code, ("　" if choices else "") + say(each.name)) for each in within]
    called = names.get(region) or next((each.name for each in chosen if each.code == region), None)
    return Asked(
        region,
        called or Sentence(zh="全部范围", en="All of mine"),
        chosen,
        school_year(db, year, today()),
        choices,
        known,
    )


def one_county(db: Session, region: str, year: str) -> Asked:
    """The same for a page of one county. Raises NotFound for what is none."""
    found = asked(db, region, year)
    if [each.code for each in found.counties] != [region]:
        raise no_such_year()
    return found


def words() -> dict[str, object]:
    """What codes are called, for the templates."""
    asks = signed_in()
    return {
        "ANSWERS": ANSWERS,
        "CHIPS": CHIPS,
        "WHAT": WHAT,
        "REASONS": REASONS,
        "LEVELS": LEVELS,
        "BACKBONE": BACKBONE,
        "STAGES": STAGES,
        "may": {door: rule.allows(asks) for door, rule in MAY.items()},
    }
