"""Who may be a party: regions, groups and schools."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.queries.standing import id_of
from services.exchange.placements.queries.reaching import Asker
from shared.errors import Invalid
from shared.roster import roster_schools
from shared.roster.tables import roster_groups, roster_regions
from shared.text import Sentence


def choices(db: Session, asker: Asker) -> list[tuple[Sentence, list[tuple[str, str]]]]:
    """What a form offers, by kind: regions, groups, and the schools for which one who asks answers. Three queries."""
    regions, groups, schools = roster_regions.c, roster_groups.c, roster_schools.c
    some = db.execute(
        sa.select(regions.code, regions.name)
        .where(sa.not_(regions.abolished), regions.level != "province")
        .order_by(regions.code)
        .limit(400)
    )
    named = db.execute(
        sa.select(groups.group_id, groups.name)
        .where(sa.not_(groups.retired))
        .order_by(groups.name)
        .limit(200)
    )
    own = db.execute(
        sa.select(schools.school_id, schools.name)
        .where(schools.school_id.in_(list(asker.schools)), sa.not_(schools.retired))
        .order_by(schools.name)
    )
    found = [
        (Sentence(zh="我的学校", en="My schools"), [(f"school:{row.school_id}", row.name) for row in own]),
        (Sentence(zh="区域", en="Regions"), [(f"region:{row.code}", row.name) for row in some]),
        (
            Sentence(zh="教育集团", en="Education groups"),
            [(f"group:{row.group_id}", row.name) for row in named],
        ),
    ]
    return [each for each in found if each[1]]


def schools_called(db: Session, words: Sequence[str]) -> list[str]:
    """The scopes of the schools that are meant, each by its code or its whole name. One query.

    Raises Invalid with those that are none, or could be several.
    """
    if not words:
        return []
    schools = roster_schools.c
    rows = db.execute(
        sa.select(schools.school_id, schools.code, schools.name).where(
            sa.or_(schools.code.in_(words), schools.name.in_(words)), sa.not_(schools.retired)
        )
    ).all()
    meant = {word: [row.school_id for row in rows if word in (row.code, row.name)] for word in words}
    unknown = [word for word, some in meant.items() if len(some) != 1]
    if unknown:
        raise Invalid(
            Sentence(
                zh=f"名录里没有，或有同名：{'、'.join(unknown)}。同名的请写学校代码。",
                en=f"No school, or several, of the directory: {', '.join(unknown)}. Where several have a name, write the code.",
            ),
            field="schools",
        )
    return [f"school:{some[0]}" for some in meant.values()]


def insist_known(db: Session, parties: Sequence[str]) -> None:
    """Raise Invalid where a party is nobody that the directory has."""
    tables = {
        "region": (roster_regions.c.code, roster_regions.c.abolished, str),
        "group": (roster_groups.c.group_id, roster_groups.c.retired, None),
        "school": (roster_schools.c.school_id, roster_schools.c.retired, None),
    }
    for party in parties:
        kind, _, value = party.partition(":")
        column, gone, plain = tables[kind]
        known = db.execute(
            sa.select(column).where(column == (value if plain else id_of(party)), sa.not_(gone))
        ).first()
        if known is None:
            raise Invalid(
                Sentence(
                    zh="名录里没有这一方，或已撤销。请重新选择。",
                    en="One of the parties is not in the directory, or not any more. Choose again.",
                ),
                field="parties",
            )
