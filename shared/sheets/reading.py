"""One reading of a workbook: its tables by kind, what is wrong in them, and who was named before."""

from collections.abc import Iterator, Mapping, Sequence

from shared.errors import Invalid
from shared.sheets.fields import Kind
from shared.sheets.problems import Problem, Severity, UnknownColumn
from shared.sheets.records import Record, records_of
from shared.sheets.tables import Table, tables_of
from shared.sheets.upload import named
from shared.sheets.workbook import sheets_of
from shared.text import Sentence

_NO_TABLE = Sentence(
    zh="这张工作表里没有认出要找的表，没有读取。",
    en="No table that is looked for was recognised in this sheet; it was not read.",
)


class Reading:
    """Everything of some kinds that a workbook holds, and the `problems` found so far."""

    def __init__(
        self, data: bytes, *, filename: str, kinds: Sequence[Kind], answers: Mapping[str, str | None]
    ) -> None:
        """Finds the tables. Raises Invalid where the bytes are no workbook that can be read, or hold no such table."""
        self.problems: list[Problem] = []
        self._first: dict[tuple[str, ...], tuple[str, int]] = {}
        self._tables: dict[str, list[Table]] = {kind.name: [] for kind in kinds}
        for sheet in sheets_of(data, filename=filename):
            tables = tables_of(sheet, kinds, answers)
            for table in tables:
                self._tables[table.kind.name].append(table)
            if not tables and sheet.rows:
                self.problems.append(Problem(sheet.name, 0, "", _NO_TABLE))
        if not any(self._tables.values()):
            file = named(filename)
            zh = "、".join(kind.label.zh for kind in kinds)
            en = ", ".join(kind.label.en for kind in kinds)
            raise Invalid(
                Sentence(
                    zh=f"“{file}”里没有认出任何一张表（{zh}）。请检查表头。",
                    en=f"No table ({en}) was recognised in “{file}”. Check the heads of its tables.",
                ),
                field="file",
            )

    @property
    def unknown(self) -> tuple[UnknownColumn, ...]:
        """The columns to ask about, those of one header under one key."""
        return tuple(
            column for tables in self._tables.values() for table in tables for column in table.unknown()
        )

    def records(self, kind: str) -> Iterator[Record]:
        """The rows of all tables of a kind."""
        for table in self._tables[kind]:
            yield from records_of(table, self.problems)

    def tell(self, record: Record, field: str, zh: str, en: str, severity: Severity = "error") -> None:
        """Something is wrong in a record, at the column of the field."""
        letter = record.table.letter(field)
        self.problems.append(Problem(record.sheet, record.row, letter, Sentence(zh=zh, en=en), severity))

    def first(
        self, record: Record, field: str, identity: tuple[str, ...], severity: Severity = "error"
    ) -> bool:
        """Whether nothing before had this identity; if something had, a problem says where it stands."""
        sheet, row = self._first.setdefault(identity, (record.sheet, record.row))
        if (sheet, row) == (record.sheet, record.row):
            return True
        label = next(one.label for one in record.table.kind.fields if one.name == field)
        value = record.text(field)
        self.tell(
            record,
            field,
            f"{label.zh}“{value}”与“{sheet}”第 {row} 行重复，这一行没有读取。",
            f"{label.en} “{value}” stands already in sheet {sheet}, row {row}. This row was left out.",
            severity,
        )
        return False
