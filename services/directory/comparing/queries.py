"""A roster beside the register: every row of it and what it would change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.comparing.model import Effect, Known
from services.directory.comparing.policies import Meant, ambiguous, effect_of, meant
from services.directory.groups.model import Group
from services.directory.imports.model import NEW
from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.regions.queries import standard
from services.directory.rosters.model import PersonRow, Roster
from services.directory.schools.model import School
from shared.auth import covers
from shared.errors import Forbidden
from shared.ids import named
from shared.sheets.problems import Problem
from shared.text import Sentence

#: People who are looked up at once.
AT_ONCE = 500

_SCHOOL = ("name", "stage", "setting", "region_code", "region_name", "pupils", "pupils_primary", "pupils_junior", "contact", "phone")  # fmt: skip
_PERSON = ("sex", "birth", "id_last4", "subject", "post", "title", "backbone", "since", "degree", "stage", "phone")  # fmt: skip
_KNOWN = [getattr(Person, name) for name in Known.__dataclass_fields__]


class Comparison:
    """A roster beside the register, looked at piece by piece.

    db: a session to read with; whoever takes the effects over several of them sets it anew. problems: what cannot be
    told apart, found on the way; doubts: who may be meant, by the place of the row. touched: the regions of everything
    that the roster speaks of.
    """

    def __init__(
        self, db: Session, roster: Roster, *, scopes: Iterable[str], chosen: Mapping[str, str]
    ) -> None:
        """Compare nothing yet. Raises Forbidden where the roster is of a place outside the scopes.

        chosen: whom rows mean, as people said; as `Import.chosen`.
        """
        self.db, self._roster, self._scopes, self._chosen = db, roster, frozenset(scopes), chosen
        self.problems: list[Problem] = []
        self.doubts: dict[str, tuple[Known, ...]] = {}
        self.touched: set[str] = set()
        self._schools: dict[str, UUID] = {}
        self._units: dict[tuple[str, str], UUID] = {}
        self._region_of: dict[UUID, str] = {}
        self._codes = {r.code for r in roster.regions} | {s.region_code for s in roster.schools}
        self._codes |= {o.region_code for o in roster.organisations}
        for code in sorted(self._codes):
            self._touch(code)

    def effects(self) -> Iterator[Effect]:
        """Every effect, in an order in which each may refer to those before it."""
        yield from self._regions()
        yield from self._of_schools()
        yield from self._organisations()
        yield from self._groups()
        yield from self._people()

    def _regions(self) -> Iterator[Effect]:
        """Those of the sheet, and as the standard has them those above and those that only schools name."""
        known = {region.code: region for region in self.db.scalars(sa.select(Region))}
        said = {row.code: row.name for row in self._roster.regions}
        nodes = {node.code: node for code in self._codes for node in standard(code)}
        for code in sorted({*said, *(nodes.keys() - known.keys())}):
            values: dict[str, Any] = {"name": said.get(code) or nodes[code].name}
            if code not in known:
                values |= {
                    "code": code,
                    "level": nodes[code].level,
                    "parent_code": nodes[code].parent_code or "",
                }
            yield effect_of("regions", known.get(code), values["name"], values, id_=named("region", code))

    def _of_schools(self) -> Iterator[Effect]:
        known = {school.code: school for school in self.db.scalars(sa.select(School))}
        inside = {c: s for c, s in known.items() if _inside(self._scopes, s.region_code)}
        self._schools = {code: school.id for code, school in inside.items()}
        self._region_of |= {school.id: school.region_code for school in inside.values()}
        for row in self._roster.schools:
            found = known.get(row.code)
            if found is not None:
                self._touch(found.region_code)
            values = {name: getattr(row, name) for name in _SCHOOL}
            if row.region_name == row.region_code:  # the workbook does not say what it is called
                values["region_name"] = standard(row.region_code)[-1].name
            if found is None:
                values["code"] = row.code
            effect = effect_of("schools", found, row.name, values, id_=named("school", row.code))
            self._schools[row.code] = effect.target
            yield effect
        listed, office = {row.code for row in self._roster.schools}, self._roster.prefecture
        for code, school in inside.items():
            of_the_office = office and covers(f"region:{office}", region=school.region_code)
            if listed and of_the_office and code not in listed and school.retired_at is None:
                yield Effect("schools", "gone", school.id, school.name, school.version, {}, {})

    def _organisations(self) -> Iterator[Effect]:
        known = {(unit.region_code, unit.name): unit for unit in self.db.scalars(sa.select(Organisation))}
        inside = {key: unit for key, unit in known.items() if _inside(self._scopes, key[0])}
        self._units = {key: unit.id for key, unit in inside.items()}
        self._region_of |= {unit.id: key[0] for key, unit in inside.items()}
        for row in self._roster.organisations:
            key = (row.region_code, row.name)
            values = {"kind": row.kind, "contact": row.contact, "phone": row.phone}
            if key not in known:
                values |= {"region_code": row.region_code, "name": row.name}
            id_ = named("organisation", "/".join(key))
            effect = effect_of("organisations", known.get(key), row.name, values, id_=id_)
            self._units[key] = effect.target
            yield effect

    def _groups(self) -> Iterator[Effect]:
        known = {(group.name, group.lead_school_id): group for group in self.db.scalars(sa.select(Group))}
        for row in self._roster.groups:
            lead = self._schools[row.lead_code]
            found = known.get((row.name, lead))
            ids = [self._schools[code] for code in row.member_codes]
            for school in (lead, *ids):
                self.touched.update(filter(None, [self._region_of.get(school)]))
            values: dict[str, Any] = {
                "member_ids": [str(school) for school in ids],
                "chief_principal": row.chief_principal,
            }
            if found is None:
                values |= {"name": row.name, "lead_school_id": str(lead)}
            yield effect_of("groups", found, row.name, values, id_=named("group", f"{lead}/{row.name}"))

    def _people(self) -> Iterator[Effect]:
        places = {*self._schools.values(), *self._units.values()}
        seen, doubted = set[UUID](), set[UUID]()
        rivals = self._namesakes()
        rows = iter(self._roster.people)
        while chunk := list(islice(rows, AT_ONCE)):
            known = self._of_names(chunk, places)
            for row in chunk:
                place = self._place(row)
                left = [one for one in known[row.name] if one.id not in seen]
                others = [one for one in rivals.get((row.name, place), ()) if one is not row]
                who = meant(row, place=place, known=left, rivals=others)
                self.touched.update(filter(None, [self._region_of.get(place)] if place else []))
                if who.doubt:
                    who = self._as_chosen(row, who)
                if who.doubt:
                    doubted.update(one.id for one in who.doubt)
                    self.problems.append(ambiguous(row, who))
                    self.doubts[f"{row.sheet}:{row.row}"] = who.doubt
                    continue
                effect = effect_of(
                    "people", who.person, row.name, self._said_of(row, fresh=who.person is None)
                )
                seen.add(effect.target)
                yield effect
        if self._roster.people:
            yield from self._gone(seen | doubted)

    def _as_chosen(self, row: PersonRow, who: Meant) -> Meant:
        """Whom people said that the row means; in doubt still where they said nothing, or somebody who cannot be meant."""
        said = self._chosen.get(f"{row.sheet}:{row.row}")
        if said == NEW:
            return Meant()
        found = [one for one in who.doubt if str(one.id) == said]
        return Meant(person=found[0]) if found else who

    def _place(self, row: PersonRow) -> UUID | None:
        if row.school_code:
            return self._schools[row.school_code]
        return self._units[row.organisation] if row.organisation else None

    def _said_of(self, row: PersonRow, *, fresh: bool) -> dict[str, Any]:
        place = str(self._place(row) or "")
        values: dict[str, Any] = {name: getattr(row, name) for name in _PERSON}
        values["school_id"] = place if row.school_code else None
        values["organisation_id"] = None if row.school_code else place or None
        return values | {"name": row.name} if fresh else values

    def _namesakes(self) -> Mapping[tuple[str, UUID | None], Sequence[PersonRow]]:
        """Rows of one name at one place, where there is more than one."""
        first: dict[tuple[str, UUID | None], PersonRow] = {}
        several: dict[tuple[str, UUID | None], list[PersonRow]] = {}
        for row in self._roster.people:
            key = (row.name, self._place(row))
            if first.setdefault(key, row) is not row:
                several.setdefault(key, [first[key]]).append(row)
        return several

    def _of_names(self, rows: Sequence[PersonRow], places: set[UUID]) -> Mapping[str, Sequence[Known]]:
        """People of the register who may be meant: at the same places, and of those rows that find nobody there, anywhere."""
        at = {self._place(row) for row in rows}
        known: dict[str, list[Known]] = defaultdict(list)
        for one in self._ask(
            Person.name.in_({row.name for row in rows}),
            sa.or_(Person.school_id.in_(at), Person.organisation_id.in_(at)),
        ):
            known[one.name].append(one)
        there = {(one.name, one.id_last4, one.birth, one.place) for ones in known.values() for one in ones}
        missing = {
            row.name
            for row in rows
            if row.id_last4 and (row.name, row.id_last4, row.birth, self._place(row)) not in there
        }
        if missing:
            for one in self._ask(Person.name.in_(missing)):
                if one.place in places and one.place not in at:
                    known[one.name].append(one)
        return known

    def _ask(self, *wanted: sa.ColumnElement[bool]) -> Iterator[Known]:
        for row in self.db.execute(sa.select(*_KNOWN).where(Person.merged_into.is_(None), *wanted)):
            yield Known(*row)

    def _gone(self, listed: set[UUID]) -> Iterator[Effect]:
        """Who is at a school that the roster lists, and not in the roster."""
        schools = iter(self._schools[row.code] for row in self._roster.schools)
        while chunk := list(islice(schools, AT_ONCE)):
            rows = self.db.execute(
                sa.select(Person.id, Person.name, Person.version).where(
                    Person.school_id.in_(chunk), Person.left_at.is_(None), Person.merged_into.is_(None)
                )
            ).all()
            for id_, name, version in rows:
                if id_ not in listed:
                    yield Effect("people", "gone", id_, name, version, {}, {})

    def _touch(self, region: str) -> None:
        if not _inside(self._scopes, region):
            raise Forbidden(
                Sentence(
                    zh=f"表中有你范围以外的区划（{region}），没有导入任何内容。",
                    en=f"The workbook names a region outside your scope ({region}). Nothing was imported.",
                )
            )
        self.touched.add(region)


def _inside(scopes: frozenset[str], region: str) -> bool:
    return any(covers(scope, region=region) for scope in scopes)
