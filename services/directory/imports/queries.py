"""What a roster would change in the register: every row of it beside what is there now; and reads about imports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.groups.model import Group
from services.directory.imports.model import ColumnAnswer, Import, ImportProblem, ImportRow
from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.rosters.model import PersonRow, Register, Roster
from services.directory.schools.model import School
from shared.auth import covers
from shared.auth.grants import significant
from shared.errors import Forbidden, NotFound
from shared.ids import named, uuid7
from shared.sheets.problems import Problem
from shared.text import Sentence

_LEVELS = {2: "province", 4: "prefecture", 6: "county"}
_SCHOOL = ("name", "stage", "setting", "region_code", "region_name", "pupils", "pupils_primary", "pupils_junior", "contact", "phone")  # fmt: skip
_PERSON = ("sex", "subject", "post", "title", "backbone", "since", "degree", "stage", "phone")
_PLACE = frozenset({"school_id", "organisation_id"})
#: What a sheet says where it says nothing: never a reason to forget what is known.
_SILENT = (None, "", "none")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a roster does to one thing of the register; as `ImportRow`."""

    kind: str
    action: str
    target: UUID
    label: str
    base: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def register_within(db: Session, scopes: Iterable[str]) -> Register:
    """What a workbook may refer to without bringing it: what lies in the scopes."""
    held = frozenset(scopes)
    regions = db.scalars(sa.select(Region).where(sa.not_(Region.abolished)))
    schools = db.scalars(sa.select(School).where(School.retired_at.is_(None)))
    units = db.scalars(sa.select(Organisation).where(Organisation.retired_at.is_(None)))
    return Register(
        regions={one.code: one.name for one in regions if _inside(held, one.code)},
        schools={one.code: one.name for one in schools if _inside(held, one.region_code)},
        organisations=frozenset(
            (one.region_code, one.name) for one in units if _inside(held, one.region_code)
        ),
    )


def answers_of(db: Session, region_code: str) -> dict[str, str | None]:
    """What an office said its columns mean."""
    found = db.scalars(sa.select(ColumnAnswer).where(ColumnAnswer.region_code == region_code))
    return {answer.key: answer.field for answer in found}


def imports_within(db: Session, scopes: Iterable[str]) -> list[Import]:
    """The latest fifty imports whose scopes somebody holds, without their workbooks. One query."""
    held = frozenset(scopes)
    found = db.scalars(sa.select(Import).order_by(Import.staged_at.desc()).limit(200))
    return [made for made in found if "all" in held or held.issuperset(made.scopes)][:50]


def import_within(db: Session, import_id: UUID, scopes: Iterable[str]) -> Import:
    """One import. Raises NotFound also where it is outside the scopes."""
    made, held = db.get(Import, import_id), frozenset(scopes)
    if made is None or ("all" not in held and not held.issuperset(made.scopes)):
        raise NotFound(
            Sentence(
                zh="没有找到这次导入，或者不在你的范围内。",
                en="There is no such import, or it is outside your scope.",
            )
        )
    return made


def rows_of(
    db: Session, import_id: UUID, *, kind: str, action: str, offset: int = 0, limit: int = 50
) -> list[ImportRow]:
    """A page of what an import would do, or did, to one kind of thing."""
    wanted = sa.select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.kind == kind, ImportRow.action == action
    )
    return list(db.scalars(wanted.order_by(ImportRow.position).offset(offset).limit(limit)))


def skipped_in(db: Session, import_id: UUID) -> int:
    """How many rows were left alone because they had changed meanwhile."""
    wanted = sa.select(sa.func.count()).where(ImportRow.import_id == import_id, ImportRow.skipped)
    return db.scalar(wanted) or 0


def problems_of(db: Session, import_id: UUID) -> list[ImportProblem]:
    """What is wrong with the workbook, in its order."""
    wanted = sa.select(ImportProblem).where(ImportProblem.import_id == import_id)
    return list(db.scalars(wanted.order_by(ImportProblem.position)))


def rows_after(db: Session, import_id: UUID, position: int, *, gone: bool, limit: int) -> list[ImportRow]:
    """The next rows to apply, in order. gone: people whom the sheet no longer has, too; schools are only told of."""
    wanted = sa.or_(
        ImportRow.action.in_(["added", "changed"]),
        sa.and_(ImportRow.action == "gone", ImportRow.kind == "people", sa.literal(gone)),
    )
    rows = sa.select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.position > position, wanted)
    return list(db.scalars(rows.order_by(ImportRow.position).limit(limit)))


def rows_before(db: Session, import_id: UUID, position: int, *, limit: int) -> list[ImportRow]:
    """The next rows to undo: those that were applied, the last first."""
    rows = sa.select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.position < position, ImportRow.version.is_not(None)
    )
    return list(db.scalars(rows.order_by(ImportRow.position.desc()).limit(limit)))


class Comparison:
    """A roster beside the register. problems: names that occur twice in the register and cannot be told apart."""

    def __init__(self, db: Session, roster: Roster, *, scopes: Iterable[str]) -> None:
        """Compare nothing yet. Raises Forbidden where the roster is of a place outside the scopes."""
        self._db, self._roster, self._scopes = db, roster, frozenset(scopes)
        self.problems: list[Problem] = []
        self._schools: dict[str, UUID] = {}
        self._units: dict[tuple[str, str], UUID] = {}
        codes = {r.code for r in roster.regions} | {s.region_code for s in roster.schools}
        for code in sorted(codes | {o.region_code for o in roster.organisations}):
            self._may_touch(code)

    def effects(self) -> Iterator[Effect]:
        """Every effect, in an order in which each may refer to those before it."""
        yield from self._regions()
        yield from self._of_schools()
        yield from self._organisations()
        yield from self._groups()
        yield from self._people()

    def _regions(self) -> Iterator[Effect]:
        known = {region.code: region for region in self._db.scalars(sa.select(Region))}
        for row in sorted(self._roster.regions, key=lambda row: significant(row.code)):
            kept = significant(row.code)
            values = {"name": row.name}
            if row.code not in known:
                above = f"{kept[:-2]:0<6}" if kept[2:] else ""
                values |= {"code": row.code, "level": _LEVELS[len(kept)], "parent_code": above}
            yield _effect("regions", known.get(row.code), row.name, values, id_=named("region", row.code))

    def _of_schools(self) -> Iterator[Effect]:
        known = {school.code: school for school in self._db.scalars(sa.select(School))}
        inside = {c: s for c, s in known.items() if _inside(self._scopes, s.region_code)}
        self._schools = {code: school.id for code, school in inside.items()}
        for row in self._roster.schools:
            found = known.get(row.code)
            if found is not None:
                self._may_touch(found.region_code)
            values = {name: getattr(row, name) for name in _SCHOOL}
            if found is None:
                values["code"] = row.code
            effect = _effect("schools", found, row.name, values)
            self._schools[row.code] = effect.target
            yield effect
        listed, office = {row.code for row in self._roster.schools}, self._roster.prefecture
        for code, school in inside.items():
            of_the_office = office and covers(f"region:{office}", region=school.region_code)
            if listed and of_the_office and code not in listed and school.retired_at is None:
                yield Effect("schools", "gone", school.id, school.name, school.version, {}, {})

    def _organisations(self) -> Iterator[Effect]:
        known = {(unit.region_code, unit.name): unit for unit in self._db.scalars(sa.select(Organisation))}
        self._units = {k: unit.id for k, unit in known.items() if _inside(self._scopes, k[0])}
        for row in self._roster.organisations:
            key = (row.region_code, row.name)
            values = {"kind": row.kind, "contact": row.contact, "phone": row.phone}
            if key not in known:
                values |= {"region_code": row.region_code, "name": row.name}
            effect = _effect("organisations", known.get(key), row.name, values)
            self._units[key] = effect.target
            yield effect

    def _groups(self) -> Iterator[Effect]:
        known = {(group.name, group.lead_school_id): group for group in self._db.scalars(sa.select(Group))}
        for row in self._roster.groups:
            lead = self._schools[row.lead_code]
            found = known.get((row.name, lead))
            members = [str(self._schools[code]) for code in row.member_codes]
            values: dict[str, Any] = {"member_ids": members, "chief_principal": row.chief_principal}
            if found is None:
                values |= {"name": row.name, "lead_school_id": str(lead)}
            yield _effect("groups", found, row.name, values)

    def _people(self) -> Iterator[Effect]:
        places = {*self._schools.values(), *self._units.values()}
        known: dict[tuple[str, str, str], list[Person]] = defaultdict(list)
        everybody = self._db.scalars(sa.select(Person).where(Person.merged_into.is_(None)))
        people = [person for person in everybody if _place(person) in places]
        for person in people:
            known[person.name, person.id_last4, person.birth].append(person)
        seen: set[UUID] = set()
        for row in self._roster.people:
            school = self._schools[row.school_code] if row.school_code else None
            unit = self._units[row.organisation] if row.organisation else None
            candidates = [p for p in known[row.name, row.id_last4, row.birth] if p.id not in seen]
            here = [person for person in candidates if _place(person) == (school or unit)]
            # Who has no digits on record is known by the place alone: elsewhere it may be a namesake.
            same = here or (candidates if row.id_last4 else [])
            if len(same) > 1:
                seen.update(person.id for person in same)
                self.problems.append(_ambiguous(row, len(same)))
                continue
            values: dict[str, Any] = {name: getattr(row, name) for name in _PERSON}
            values |= {"school_id": school and str(school), "organisation_id": unit and str(unit)}
            if not same:
                values |= {"name": row.name, "id_last4": row.id_last4, "birth": row.birth}
            effect = _effect("people", same[0] if same else None, row.name, values)
            seen.add(effect.target)
            yield effect
        listed = {self._schools[row.code] for row in self._roster.schools} if self._roster.people else set()
        for person in people:
            if person.id not in seen and person.left_at is None and person.school_id in listed:
                yield Effect("people", "gone", person.id, person.name, person.version, {}, {})

    def _may_touch(self, region: str) -> None:
        if not _inside(self._scopes, region):
            raise Forbidden(
                Sentence(
                    zh=f"表中有你范围以外的区划（{region}），没有导入任何内容。",
                    en=f"The workbook names a region outside your scope ({region}). Nothing was imported.",
                )
            )


def _inside(scopes: frozenset[str], region: str) -> bool:
    return any(covers(scope, region=region) for scope in scopes)


def _place(person: Person) -> UUID | None:
    return person.school_id or person.organisation_id


def _effect(kind: str, found: Any, label: str, values: Mapping[str, Any], id_: UUID | None = None) -> Effect:  # noqa: ANN401  five kinds
    """Beside what is there. Silence keeps what is known; but who moves to a school leaves the unit, and back."""
    if found is None:
        return Effect(kind, "added", id_ or uuid7(), label, 0, {}, dict(values))
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in values.items():
        now = getattr(found, name)
        now = str(now) if isinstance(now, UUID) else now
        if now != value and (value not in _SILENT or name in _PLACE):
            before[name], after[name] = now, value
    if any(getattr(found, since, None) for since in ("left_at", "retired_at", "abolished")):
        before["there"], after["there"] = False, True
    return Effect(kind, "changed" if after else "unchanged", found.id, label, found.version, before, after)


def _ambiguous(row: PersonRow, number: int) -> Problem:
    sentence = Sentence(
        zh=f"名录中有 {number} 人都可能是“{row.name}”，无法区分。请补上身份证后四位和出生年月，或先合并重复的人。",
        en=f"{number} people of the register may be “{row.name}”. Add the id digits and birth, or merge the records first.",
    )
    return Problem(row.sheet, row.row, "", sentence, "error")
