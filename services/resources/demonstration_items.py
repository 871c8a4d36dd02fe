"""Demonstration: what Haixi's schools share to teach with, with small files, and who has used it; one recording waits for a decision."""

import hashlib
import io
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.resources.demonstration_course import COURSE, make_course, poster
from services.resources.files.commands.attaching import attach, attach_link
from services.resources.files.commands.depot import depot_of, file_key
from services.resources.files.commands.examining import READ
from services.resources.files.model.stored import Stored
from services.resources.harvesting.commands import tell_harvesters
from services.resources.items.commands.making import draft_item
from services.resources.items.model.item import Content
from services.resources.ratings.model import Rating
from services.resources.reviewing.commands import ask_for_review
from services.resources.searching.commands import describe
from services.resources.use.model import Click, Lesson
from services.resources.use.policies import day_of, reader_of
from shared.db import Transaction
from shared.ids import named, uuid7
from shared.jobs import enqueue
from shared.settings import Settings

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class _Made:
    """An item of the story. used: how often other schools looked at it in half a year."""

    kind: str
    title: str
    subject: str
    stage: str
    school: str
    region: str
    audience: str
    licence: str
    used: int
    summary: str
    state: str = "published"
    people: tuple[str, ...] = ()


_ITEMS = (
    _Made("course", "竹韵校本课程", "综合实践", "primary", "3632821023", "632821", "region:632800", "CC-BY-NC-4.0", 64, "以竹为题的十二课时综合实践：种植、编织、诗画与乐器。", people=("祁生花", "马占林")),
    _Made("course", "人工智能启蒙", "信息科技", "junior", "3632823031", "632823", "region:632800", "CC-BY-4.0", 96, "八课时，从分类和识图讲起，不要求编程基础。", people=("才让多杰",)),
    _Made("lesson_plan", "同课异构：《草原》", "语文", "primary", "3632822030", "632822", "region:632800", "CC-BY-SA-4.0", 41, "三位老师同讲《草原》的教学设计和课后讨论。", people=("赵敏", "李占英", "索南卓玛")),
    _Made("recording", "直播课堂：一元二次方程", "数学", "junior", "3632801002", "632801", "region:632800", "in-school", 120, "第二中学数学组的直播课，含课堂练习。"),
    _Made("questions", "七年级数学质量监测卷", "数学", "junior", "3632823035", "632823", "region:632800", "in-school", 33, "全州统一命题，附双向细目表和答案。"),
    _Made("course", "高原生态研学手册", "科学", "all", "3632801001", "632801", "region:632800", "CC-BY-NC-SA-4.0", 0, "三江源、盐湖与戈壁的研学路线和记录单。"),
    _Made("reading", "柴达木地名故事", "语文", "all", "3632801001", "632801", "all", "CC-BY-4.0", 0, "二十个地名的由来，每篇八百字。"),
    _Made("research", "小学英语分层作业研究报告", "英语", "primary", "3632802007", "632802", "region:632802", "CC-BY-NC-4.0", 7, "两年六校的作业分层实验。"),
    _Made("recording", "集团治理与管理策略（讲座录像）", "教师研修", "all", "", "632800", "region:632800", "in-school", 0, "培训班六月十日的讲座。", "review"),
    _Made("lesson_plan", "竹韵第一课：家乡的竹子", "综合实践", "primary", "3632821023", "632821", "region:632800", "CC-BY-NC-4.0", 22, "第一课时：看竹、量竹、记竹，附观察记录单。"),
    _Made("recording", "竹韵公开课：竹编的经纬", "综合实践", "primary", "3632821023", "632821", "region:632800", "in-school", 17, "第五课时的公开课录像，跟着老师编一只杯垫。"),
    _Made("reading", "竹诗二十首", "语文", "primary", "3632821023", "632821", "all", "CC-BY-4.0", 9, "从《诗经》到郑板桥，配注音和插图。"),
    _Made("questions", "竹韵单元小测", "综合实践", "primary", "3632821023", "632821", "region:632800", "CC-BY-NC-4.0", 5, "十二道题，十五分钟，附答案。"),
    _Made("lesson_plan", "分数乘法整单元设计", "数学", "primary", "3632802007", "632802", "region:632800", "CC-BY-SA-4.0", 0, "还在和第二小学一起修改。", "draft"),
)  # fmt: skip
_READERS = (
    "3632801005", "3632802008", "3632802009", "3632803013", "3632803016", "3632821022", "3632822028", "3632823032",
)  # fmt: skip

#: Items that were used more often than this are rated.
_RATED = 60
_WORDS = (
    (5, "拿来就能上，课件和任务单都齐。"),
    (4, "我们学校学生基础弱一些，分成两节课上更合适。"),
    (4, ""),
)


def demonstrate_items(tx: Transaction) -> None:
    """Enter all of it by the model's own methods: the roster's copy is still on its way from directory."""
    for made in _ITEMS:
        item_id = named("demonstration-item", made.title)
        item, version = draft_item(
            tx,
            id_=item_id,
            kind=made.kind,
            content=Content(
                title=made.title,
                summary=made.summary,
                subject=made.subject,
                stage=made.stage,
                licence=made.licence,
                people=made.people,
                purpose="training" if made.subject == "教师研修" else "teaching",
            ),
            school_id=named("school", made.school) if made.school else None,
            region_code=made.region,
            audiences=[made.audience],
        )
        name = f"{made.title.replace('：', ' ')}.docx"
        if made.title == COURSE:
            picture = _keep(tx, "竹韵封面.png", poster(), media_type="image/png")
            attach(tx, version_id=version.id, stored_id=picture, name="竹韵封面.png", by=tx.actor)
        stored = _keep(tx, name, _document(made.title, made.summary))
        attach(tx, version_id=version.id, stored_id=stored, name=name, by=tx.actor)
        if made.kind == "recording":
            attach_link(
                tx, version_id=version.id, name=made.title, link="https://video.example/haixi", by=tx.actor
            )
        if made.state == "review":
            tx.emit(item.submit())
            ask_for_review(tx, item)
        elif made.state == "published":
            tx.emit(item.publish(version, at=tx.now - timedelta(days=200)))
            tell_harvesters(tx, item)
        describe(tx, item_id, anew=True)
        _use(tx, item_id, made)
        if made.used > _RATED:
            _rate(tx, item_id, version.id, made)
    make_course(tx)


def _keep(tx: Transaction, name: str, content: bytes, *, media_type: str = _WORD) -> UUID:
    stored_id = named("demonstration-file", name)
    depot_of(Settings.from_env()).put(file_key(stored_id), [content])
    tx.db.add(
        Stored(
            id=stored_id,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            media_type=media_type,
            key=file_key(stored_id),
            text="",
            preview="",
            pages=0,
            stored_at=tx.now,
            read_at=None,
            trouble_zh="",
            trouble_en="",
        )
    )
    tx.db.flush()  # attachments refer to it
    enqueue(tx, kind=READ, arguments={"stored": str(stored_id)})
    return stored_id


def _use(tx: Transaction, item_id: UUID, made: _Made) -> None:
    """Half a year of clicks, the same each time; what is used is also taught with now and then."""
    chance = random.Random(made.title)  # noqa: S311  a story, no secret
    for number in range(made.used):
        school = named("school", chance.choice(_READERS))
        kind = chance.choice(("view", "view", "view", "play" if made.kind == "recording" else "download"))
        back = timedelta(days=chance.randrange(1, 170), minutes=chance.randrange(600))
        tx.db.add(
            Click(
                id=uuid7(),
                item_id=item_id,
                thing_id=item_id,
                kind=kind,
                reader=reader_of(str(school), str(number % 9)),
                school_id=school,
                at=tx.now - back,
                counted_at=None,
            )
        )
        if number % 17 == 0:
            tx.db.add(
                Lesson(
                    id=uuid7(),
                    item_id=item_id,
                    school_id=school,
                    by=f"account:{named('account', str(number))}",
                    day=day_of(tx.now - back),
                    grade=chance.choice(("五年级", "六年级", "七年级", "八年级")),
                    pupils=chance.randrange(28, 52),
                    remark=chance.choice(("", "学生参与度高，第二课时可再放慢。", "配合本地素材效果更好。")),
                    recorded_at=tx.now - back,
                )
            )


def _rate(tx: Transaction, item_id: UUID, version_id: UUID, made: _Made) -> None:
    """What is used much is also spoken of."""
    for school, (stars, text) in zip(_READERS, _WORDS, strict=False):
        tx.db.add(
            Rating(
                id=uuid7(),
                item_id=item_id,
                version_id=version_id,
                by=f"account:{named('account', school)}",
                school_id=named("school", school),
                stars=stars,
                text=text,
                at=tx.now - timedelta(days=len(made.title) + stars),
            )
        )


def _document(title: str, text: str) -> bytes:
    """The smallest Word document that says this; no library is loaded for it."""
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"
        for line in (title, text, "一、教学目标", "二、教学过程", "三、作业与评价")
    )
    space = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{_WORD}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" Type="{space}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{space}/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _declared(parts):
            archive.writestr(zipfile.ZipInfo(name, (2025, 6, 1, 8, 0, 0)), content)
    return out.getvalue()


def _declared(parts: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, content in parts.items():
        yield name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{content}'
