"""How fast a question of two characters is answered, with what the reader may see and the best twenty, on SQLite and PostgreSQL.

Items have 174 characters and one of fifty audiences; the reader belongs to a few of them. The peer is LIKE on the same rows with
the same filter, in the same run. How soon a new item is found is measured through the command that makes it.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.measuring import Report, options, percentile
from services.resources.app import service
from services.resources.items.commands.making import draft_item
from services.resources.items.model.item import Content, Item, ItemAudience, Version
from services.resources.items.queries.seeing import Reader, visible
from services.resources.searching.model import Document
from services.resources.searching.policies import facet, lies_in, opened, words_of
from services.resources.searching.queries import MANY as MANY_HITS
from services.resources.searching.queries import search
from shared.db import Database
from shared.ids import uuid7
from tests.builders import House, house
from tests.databases import postgres_database
from tests.infrastructure import Infrastructure, NotThereError

#: Items, and more of them for PostgreSQL; audiences; characters of an item.
ITEMS, MANY, AUDIENCES, LONG = 100_000, 1_000_000, 50, 174
#: Milliseconds that 95 of 100 questions stay within, of so many items; how many times as fast as LIKE; seconds to be found.
BAR, BAR_MANY, TIMES, SOON = 60.0, 250.0, 5.0, 1.0
#: Questions of each round.
QUESTIONS = 60

_SIGNS = (
    "的教学数学语文课程活动研究分析方法学生老师课堂小学初中高中单元设计乘法除法分数方程函数图形作文阅读草原英语科学实验观察"
    "生态高原湖泊历史地理音乐美术体育劳动综合实践信息人工智能编程机器思维训练评价作业分层合作探究复习检测试卷答案解析视频录像"
)
_LOT = 2_000


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(
        str(__doc__),
        items={"type": int, "default": ITEMS, "help": "fewer, to try it"},
        only={"choices": ["SQLite", "PostgreSQL"], "help": "one of the two databases"},
        many={"type": int, "default": MANY, "help": "for PostgreSQL alone; 0 leaves it out"},
    )
    report = Report("search")
    with ExitStack() as stack:
        try:
            for name, made, items in _places(stack, asked.items, asked.many, asked.only):
                _measure(report, name, made, items)
        except NotThereError as error:
            raise SystemExit(f"This benchmark needs PostgreSQL: {error}.") from error
    return report.finish(as_json=asked.json)


def _places(stack: ExitStack, items: int, many: int, only: str | None) -> Iterator[tuple[str, House, int]]:
    if only != "PostgreSQL":
        where = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield "SQLite", stack.enter_context(house(service, where)), items
    if only == "SQLite":
        return
    infrastructure = Infrastructure()
    stack.callback(infrastructure.stop)
    server = infrastructure.postgres()
    for size in (items, *([many] if many else [])):
        url = stack.enter_context(postgres_database(server))
        there = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield "PostgreSQL", stack.enter_context(house(service, there, database=url)), size


def _measure(report: Report, place: str, made: House, items: int) -> None:
    name = f"{place}, {items:,} items"
    started = time.monotonic()
    _fill(made.database, items)
    report.figure(f"{name}: filled in", [time.monotonic() - started], "s")
    chance = random.Random(7)  # noqa: S311  a benchmark, no secret
    asked = ["".join(chance.sample(_SIGNS, 2)) for _ in range(QUESTIONS // 2)]
    asked += [_SIGNS[at : at + 2] for at in range(0, QUESTIONS, 2)]
    reader = Reader(
        kept=frozenset(),
        edits=frozenset(),
        schools=frozenset(),
        makes=frozenset(),
        keys=frozenset({"all", *(f"region:{each:06d}" for each in range(5))}),
    )
    ours = _timed(made.database, asked, lambda db, said: search(db, reader, said, filters={}, limit=20))
    like = _timed(made.database, asked[:: max(1, items // 50_000)], lambda db, said: _like(db, reader, said))
    report.figure(f"{name}: a question, half of them", [percentile(ours, 0.5)], "ms")
    report.figure(f"{name}: LIKE, half of them", [percentile(like, 0.5)], "ms")
    report.figure(f"{name}: the slowest question", [max(ours)], "ms")
    bar = BAR if items <= ITEMS else BAR_MANY
    report.at_most(f"{name}: a question, 95 of 100, ms", percentile(ours, 0.95), bar)
    if items <= ITEMS:
        report.at_least(f"{name}: LIKE / ours", sum(like) / len(like) / (sum(ours) / len(ours)), TIMES)
    report.at_most(f"{name}: a new item is found after, s", _found_after(made.database, reader), SOON)


def _timed(
    database: Database, asked: list[str], look: Callable[[sa.orm.Session, str], object]
) -> list[float]:
    took: list[float] = []
    for said in [asked[0], *asked]:  # the first one also opens a connection and compiles the statements
        started = time.perf_counter()
        with database.reading() as db:
            look(db, said)
        took.append((time.perf_counter() - started) * 1000)
    return took[1:]


def _like(db: sa.orm.Session, reader: Reader, said: str) -> object:
    """The same list as ours, title first, at most as many: without the page of hits and the facets, which ours has besides."""
    rows = sa.select(Document.seq).join(Item, Item.id == Document.item_id).where(visible(reader))
    found: dict[int, None] = {}
    for column in (Document.title, Document.plain):
        newest = rows.where(column.contains(said)).order_by(Document.seq.desc()).limit(MANY_HITS + 1)
        found |= dict.fromkeys(db.scalars(newest))
    return list(found)[:20]


def _found_after(database: Database, reader: Reader) -> float:
    region = "999999"
    own = Reader(
        kept=frozenset({f"region:{region}"}),
        edits=frozenset(),
        schools=frozenset(),
        makes=frozenset(),
        keys=reader.keys,
    )
    started = time.perf_counter()
    database.run(
        lambda tx: draft_item(
            tx,
            kind="course",
            content=Content(title="龘靐齉爩"),
            school_id=None,
            region_code=region,
            audiences=["all"],
        ),
        actor="account:bench",
    )
    while True:
        with database.reading() as db:
            if search(db, own, "龘靐", filters={}).hits:
                return time.perf_counter() - started


def _fill(database: Database, items: int) -> None:
    chance = random.Random(11)  # noqa: S311  a benchmark, no secret
    on_postgresql = database.engine.dialect.name == "postgresql"
    indexes = ("head", "whole") if on_postgresql else ()
    with database.engine.begin() as sql:  # made at the end, as whoever brings in so many would
        for name in indexes:
            sql.execute(sa.text(f"DROP INDEX ix_search_documents_{name}"))
    for start in range(0, items, _LOT):
        _lot(database, start, min(_LOT, items - start), chance)
    with database.engine.begin() as sql:
        for name in indexes:
            sql.execute(
                sa.text(
                    f"CREATE INDEX ix_search_documents_{name} ON search_documents USING gin ({name}) WITH (fastupdate = off)"
                )
            )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as sql:
        sql.execute(sa.text("VACUUM ANALYZE" if on_postgresql else "ANALYZE"))


def _lot(database: Database, start: int, size: int, chance: random.Random) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    items, versions, audiences, documents, words = [], [], [], [], []
    for number in range(start, start + size):
        id_, version, audience = uuid7(), uuid7(), f"region:{number % AUDIENCES:06d}"
        title = "".join(chance.choices(_SIGNS, k=14))
        plain = "".join(chance.choices(_SIGNS, k=LONG - 14))
        items.append(_item(id_, version, title, audience, at))
        versions.append(_version(version, id_, title, plain, at))
        audiences.append({"item_id": id_, "audience": audience})
        documents.append({"seq": number + 1, "item_id": id_, "title": title, "plain": plain})
        head, keys = words_of(title), [opened(audience), *lies_in("999900"), facet("kind", "course")]
        whole = list(dict.fromkeys([*head, *words_of(plain)]))
        words.append((number + 1, head, whole, keys))
    if database.engine.dialect.name == "postgresql":
        _copy(database, items, versions, audiences, documents, words)
        return
    with database.begin() as db:
        db.execute(sa.insert(Item), items)
        db.execute(sa.insert(Version), versions)
        db.execute(sa.insert(ItemAudience), audiences)
        db.execute(sa.insert(Document), documents)
        db.execute(
            sa.text(
                "INSERT INTO search_words (rowid, head, whole, keys) VALUES (:seq, :head, :whole, :keys)"
            ),
            [
                {"seq": seq, "head": " ".join(head), "whole": " ".join(whole), "keys": " ".join(keys)}
                for seq, head, whole, keys in words
            ],
        )


def _copy(
    database: Database,
    items: list[dict[str, object]],
    versions: list[dict[str, object]],
    audiences: list[dict[str, object]],
    documents: list[dict[str, object]],
    words: list[tuple[int, list[str], list[str], list[str]]],
) -> None:
    """PostgreSQL takes a million of them in minutes by COPY alone."""
    found = [
        {**row, "head": _vector(head, keys), "whole": _vector(whole, keys)}
        for row, (_, head, whole, keys) in zip(documents, words, strict=True)
    ]
    raw = database.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection  # psycopg's own, which knows COPY
        with driver.cursor() as cursor:
            for table, rows in (
                ("items", items),
                ("item_versions", versions),
                ("item_audiences", audiences),
                ("search_documents", found),
            ):
                columns = ", ".join(f'"{name}"' for name in rows[0])
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(
                            [json.dumps(each) if isinstance(each, list) else each for each in row.values()]
                        )
            cursor.execute("SELECT setval('search_documents_seq_seq', %s)", (documents[-1]["seq"],))
        raw.commit()
    finally:
        raw.close()


def _vector(words: list[str], keys: list[str]) -> str:
    """As a tsvector is written."""
    return " ".join(f"'{word}'" for word in sorted({*words, *keys}))


def _item(id_: UUID, version: UUID, title: str, audience: str, at: datetime) -> dict[str, object]:
    return {
        "id": id_,
        "version": 2,
        "kind": "course",
        "state": "published",
        "school_id": None,
        "region_code": "999900",
        "current_id": version,
        "draft_id": None,
        "indexes": 1,
        "title": title,
        "audiences": [audience],
        "session_id": None,
        "made_by": "account:bench",
        "made_at": at,
        "published_at": at,
        "reason": "",
    }


def _version(id_: UUID, item: UUID, title: str, plain: str, at: datetime) -> dict[str, object]:
    said = dict.fromkeys(("subject", "grade", "textbook"), "")
    return {
        **said,
        "id": id_,
        "item_id": item,
        "index": 1,
        "title": title,
        "summary": plain,
        "stage": "all",
        "keywords": [],
        "language": "zh",
        "licence": "CC-BY-4.0",
        "purpose": "teaching",
        "made_by": "account:bench",
        "made_at": at,
        "published_at": at,
    }


if __name__ == "__main__":
    sys.exit(main())
