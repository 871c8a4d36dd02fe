"""Whom an item can be opened to, in the words of a form, and what that comes to."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.errors import Invalid
from shared.roster import roster_schools
from shared.roster.tables import roster_group_schools, roster_groups
from shared.text import Sentence


def choices(db: Session, *, school_id: UUID | None) -> list[tuple[str, Sentence]]:
    """What a form offers: places around the school, its groups, and chosen schools."""
    offered = [
        ("all", Sentence(zh="全部区域", en="everybody")),
        ("province", Sentence(zh="本省", en="this province")),
        ("region", Sentence(zh="本地州", en="this prefecture")),
        ("county", Sentence(zh="本县", en="this county")),
    ]
    if school_id is not None:
        belongs = roster_group_schools.c
        groups = db.execute(
            sa.select(roster_groups.c.group_id, roster_groups.c.name)
            .join(roster_group_schools, belongs.group_id == roster_groups.c.group_id)
            .where(belongs.school_id == school_id, sa.not_(roster_groups.c.retired))
        )
        offered += [(f"group:{id_}", Sentence(zh=name, en=name)) for id_, name in groups]
        offered.append(("school", Sentence(zh="仅本校", en="this school")))
    offered.append(("schools", Sentence(zh="指定学校（在下面填写）", en="chosen schools (write them below)")))
    return offered


def audiences_of(
    db: Session, chosen: str, *, school_id: UUID | None, region_code: str, schools: str = ""
) -> list[str]:
    """The audiences that a choice of the form means. Raises Invalid."""
    places = {
        "all": "all",
        "province": f"region:{region_code[:2]}0000",
        "region": f"region:{region_code[:4]}00",
        "county": f"region:{region_code}",
        "school": f"school:{school_id}",
    }
    if chosen in places and not (chosen == "school" and school_id is None):
        return [places[chosen]]
    if chosen == "schools":
        return sorted(f"school:{each}" for each in _named(db, schools))
    if chosen in {value for value, _ in choices(db, school_id=school_id)}:
        return [chosen]
    raise Invalid(Sentence(zh="请选择向谁开放。", en="Choose whom it is open to."), field="audience")


def _named(db: Session, said: str) -> set[UUID]:
    """The schools of these names or codes, one a line. Raises Invalid that names those that nobody knows."""
    wanted = [
        each.strip() for each in said.replace("、", "\n").replace("，", "\n").splitlines() if each.strip()
    ]
    table = roster_schools.c
    rows = db.execute(
        sa.select(table.school_id, table.code, table.name).where(
            sa.or_(table.code.in_(wanted), table.name.in_(wanted))
        )
    ).all()
    known = {name for row in rows for name in (row.code, row.name)}
    unknown = [each for each in wanted if each not in known]
    if unknown or not wanted:
        told = "、".join(unknown[:5])
        raise Invalid(
            Sentence(
                zh=f"名录里没有这些学校：{told}。" if told else "请写明学校名称或标识码，一行一个。",
                en=f"The register knows no such school: {told}."
                if told
                else "Write names or codes of schools, one a line.",
            ),
            field="schools",
        )
    return {row.school_id for row in rows}
