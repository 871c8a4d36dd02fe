"""What the tables of an office's workbook mean for the register, and what is wrong with them."""

from collections.abc import Iterator, Mapping

from services.directory.rosters.model import (
    GroupRow,
    OrganisationRow,
    PersonRow,
    RegionRow,
    Register,
    Roster,
    SchoolRow,
)
from services.directory.vocabulary.model import KINDS
from shared.sheets.names import Names
from shared.sheets.problems import Severity
from shared.sheets.reading import Reading
from shared.sheets.records import Record

__all__ = ["GroupRow", "OrganisationRow", "PersonRow", "RegionRow", "Register", "Roster", "SchoolRow", "read_roster"]  # fmt: skip

#: Stages whose pupils are counted apart and must add up.
_COUNTED = frozenset({"primary", "junior", "nine_year"})
_SCHOOL = ("code", "name", "stage", "setting", "contact", "phone")
_PERSON = (
    "name",
    "sex",
    "birth",
    "id_last4",
    "subject",
    "post",
    "title",
    "since",
    "degree",
    "stage",
    "phone",
)
_CODE = 6  # digits, as GB/T 2260 has them
_OF_PREFECTURE = 4


def read_roster(
    data: bytes, *, filename: str, answers: Mapping[str, str | None], register: Register | None = None
) -> Roster:
    """What the workbook says, with every problem in it.

    answers: what columns mean that were asked about before, by `UnknownColumn.key`. register: what is known already, for
    a workbook that refers to it. Raises Invalid where the bytes are no workbook that can be read, or hold no table of a roster.
    """
    reading = Reading(data, filename=filename, kinds=KINDS, answers=answers)
    meaning = _Meaning(reading, register or Register())
    # In this order, because each refers to those before it.
    regions = tuple(meaning.regions())
    schools = tuple(meaning.schools())
    organisations = tuple(meaning.organisations())
    groups = tuple(meaning.groups())
    people = tuple(meaning.people())
    return Roster(
        prefecture=_prefecture(regions, schools),
        regions=regions,
        schools=schools,
        organisations=organisations,
        groups=groups,
        people=people,
        problems=tuple(reading.problems),
        unknown=reading.unknown,
    )


class _Meaning:
    """What a workbook has said so far, by which the rest of it is understood."""

    def __init__(self, reading: Reading, register: Register) -> None:
        self._reading = reading
        self._regions = Names(beyond=Names(register.regions))
        self._schools = Names(beyond=Names(register.schools))
        self._lies: dict[str, str] = {}
        self._units = Names({f"{region}/{name}": name for region, name in sorted(register.organisations)})

    def regions(self) -> Iterator[RegionRow]:
        """The regions; afterwards others are found by their names."""
        rows = []
        for record in self._reading.records("regions"):
            code = _six(record.text("code"))
            if not code.isdigit() or len(code) != _CODE:
                self._reading.tell(record, "code", "区划代码应是 6 位数字。", "A region's code has 6 digits.")
            elif self._reading.first(record, "code", ("region", code)):
                self._regions.enter(code, record.text("name"))
                rows.append((record, code))
        for record, code in rows:
            parent = _six(record.text("parent"))
            known = self._regions.find(parent, shortened=True)
            if len(known) == 1:
                parent = known[0]
            elif parent and not parent.isdigit():
                zh, en = f"没有找到上级“{parent}”。", f"There is no region “{parent}”."
                self._reading.tell(record, "parent", zh, en, "warning")
                parent = ""
            yield RegionRow(
                sheet=record.sheet,
                row=record.row,
                code=code,
                name=record.text("name"),
                parent_code=parent or None,
            )

    def schools(self) -> Iterator[SchoolRow]:
        """The schools; afterwards others are found by their names."""
        for record in self._reading.records("schools"):
            code = record.text("code")
            # Nobody can tell which of the two is meant, and everything else refers to schools.
            if not self._reading.first(record, "code", ("school", code), "stop"):
                continue
            region = self._region(record)
            if region is None:
                continue
            self._schools.enter(code, record.text("name"))
            self._lies[code] = region
            parts = [record.whole(part) for part in ("pupils_primary", "pupils_junior")]
            pupils, counted = record.whole("pupils"), [part for part in parts if part is not None]
            if record.text("stage") in _COUNTED and pupils is not None and counted and sum(counted) != pupils:
                self._reading.tell(
                    record,
                    "pupils",
                    f"在校生数是 {pupils}，而小学与初中相加是 {sum(counted)}。",
                    f"The school has {pupils} pupils, but its stages add up to {sum(counted)}.",
                    "warning",
                )
            yield SchoolRow(
                sheet=record.sheet,
                row=record.row,
                region_code=region,
                region_name=self._regions.name(region) or region,
                pupils=pupils,
                pupils_primary=parts[0],
                pupils_junior=parts[1],
                **{
                    name: record.text(name)
                    for name in ("code", "name", "stage", "setting", "contact", "phone")
                },
            )

    def organisations(self) -> Iterator[OrganisationRow]:
        """The units that are no schools; afterwards people are found at them."""
        for record in self._reading.records("organisations"):
            region = self._region(record)
            name = record.text("name")
            if region is None or not self._reading.first(record, "name", ("organisation", region, name)):
                continue
            if not self._units.name(f"{region}/{name}"):
                self._units.enter(f"{region}/{name}", name)
            yield OrganisationRow(
                sheet=record.sheet,
                row=record.row,
                name=name,
                kind=record.text("kind") or "other",
                region_code=region,
                contact=record.text("contact"),
                phone=record.text("phone"),
            )

    def groups(self) -> Iterator[GroupRow]:
        """The groups, each with those of its schools that exist."""
        for record in self._reading.records("groups"):
            if not self._reading.first(record, "name", ("group", record.text("name"))):
                continue
            lead = self._school(record, "lead", record.text("lead"))
            if lead is None:
                continue
            members = [
                self._school(record, "members", member, "warning") for member in record.listed("members")
            ]
            yield GroupRow(
                sheet=record.sheet,
                row=record.row,
                name=record.text("name"),
                lead_code=lead,
                member_codes=tuple(dict.fromkeys(code for code in members if code and code != lead)),
                chief_principal=record.text("chief_principal"),
            )

    def people(self) -> Iterator[PersonRow]:
        """The people, each at a school or an organisation."""
        for record in self._reading.records("people"):
            unit = record.text("unit_code") or record.text("unit")
            units = () if self._schools.find(unit) else self._units.find(unit)
            school = None if len(units) == 1 else self._school(record, "unit", unit)
            if school is None and len(units) != 1:
                continue
            person = {name: record.text(name) for name in _PERSON}
            who = (person["name"], person["id_last4"], person["birth"])
            known_by = ("person", *who) if person["id_last4"] else ("person", *who, unit)
            if not self._reading.first(record, "name", known_by):
                continue
            region, _, organisation = units[0].partition("/") if school is None else ("", "", "")
            yield PersonRow(
                sheet=record.sheet,
                row=record.row,
                school_code=school,
                organisation=(region, organisation) if organisation else None,
                backbone=record.text("backbone") or "none",
                **person,
            )

    def _region(self, record: Record) -> str | None:
        """The code of the region that a record lies in."""
        written = record.text("region")
        found = self._regions.find(_six(written), shortened=True)
        if len(found) == 1:
            return found[0]
        if not len(self._regions) and len(_six(written)) == _CODE and _six(written).isdigit():
            return _six(written)  # nobody has named any region yet: the code is all there is
        self._reading.tell(record, "region", *_not_found("区划", "region", written, found))
        return None

    def _school(self, record: Record, field: str, written: str, severity: Severity = "error") -> str | None:
        """The code of a school by its code or name."""
        found = self._schools.find(written)
        if len(found) > 1 and (region := record.text("region")):
            here = self._regions.find(_six(region), shortened=True)
            found = tuple(code for code in found if self._lies.get(code) in here)
        if len(found) == 1:
            return found[0]
        self._reading.tell(record, field, *_not_found("学校", "school", written, found), severity)
        return None


def _not_found(zh: str, en: str, written: str, found: tuple[str, ...]) -> tuple[str, str]:
    """Why what was written stands for nothing: there is none, or there are several, and nothing is guessed."""
    if found:
        return (
            f"有 {len(found)} 个{zh}叫“{written}”，请改写为代码。",
            f"{len(found)} {en}s are called “{written}”. Write the code instead.",
        )
    return f"没有找到{zh}“{written}”。", f"There is no {en} “{written}”."


def _six(code: str) -> str:
    """A region's code without the zeros of the townships and villages below it."""
    return code[:_CODE] if len(code) == 2 * _CODE and code.endswith("0" * _CODE) else code


def _prefecture(regions: tuple[RegionRow, ...], schools: tuple[SchoolRow, ...]) -> str | None:
    """The one prefecture that everything lies in."""
    codes = {region.code for region in regions} | {school.region_code for school in schools}
    found = {code[:_OF_PREFECTURE] for code in codes if not code.endswith("0" * _OF_PREFECTURE)}
    return f"{found.pop():0<6}" if len(found) == 1 else None
