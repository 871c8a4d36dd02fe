"""Demonstration: the course on bamboo as a whole, its lessons in order, and a poster that is drawn."""

import io
import random

from services.resources.courses.model import CoursePart
from shared.db import Transaction
from shared.ids import named

COURSE = "竹韵校本课程"
LESSONS = ("竹韵第一课：家乡的竹子", "竹韵公开课：竹编的经纬", "竹诗二十首", "竹韵单元小测")

_PAPER, _SUN, _STEMS = (240, 236, 222), (214, 150, 96), ((58, 104, 78), (86, 134, 98), (120, 160, 118))


def make_course(tx: Transaction) -> None:
    """Put the lessons into the course; all of them are there."""
    for index, title in enumerate(LESSONS, start=1):
        tx.db.add(
            CoursePart(
                parent_id=named("demonstration-item", COURSE),
                index=index,
                item_id=named("demonstration-item", title),
            )
        )


def poster() -> bytes:
    """Bamboo before the sun, as PNG, the same each time."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  only who shows the demonstration needs it

    chance = random.Random(COURSE)  # noqa: S311  a picture, no secret
    image = Image.new("RGB", (1280, 720), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.ellipse((860, 90, 1120, 350), fill=_SUN)
    for _ in range(13):
        x, wide, ink = chance.randrange(-20, 1280), chance.randrange(16, 34), chance.choice(_STEMS)
        top = chance.randrange(-160, 120)
        while top < 720:  # noqa: PLR2004  the picture's foot
            joint = chance.randrange(90, 150)
            draw.rounded_rectangle((x, top, x + wide, top + joint - 5), 6, fill=ink)
            if chance.random() < 0.5:  # noqa: PLR2004  every other joint has leaves
                side = chance.choice((-1, 1))
                for lean in (20, 46):
                    tip = (x + side * chance.randrange(80, 130), top + lean + 30)
                    draw.polygon(((x + wide / 2, top), (x + side * 44, top + lean - 12), tip), fill=ink)
            top += joint
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
