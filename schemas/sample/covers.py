"""What stands on the cover of a filing, and the days on which it is filled and sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from schemas.sample.chance import draw
from schemas.sample.filings import Value

FAMILY = "甲乙丙丁戊己庚辛壬癸"


def build_cover(topic: str, received_on: date, *, submission_no: int = 1, reason: str = "") -> Mapping[str, Value]:
    """The cover's answers: generic names, a made-up number, a day before the file was sent."""
    random = draw(topic, "cover")
    cover: dict[str, Value] = {
        "filler_name": f"填表人{random.choice(FAMILY)}",
        "filler_phone": f"025-5550{random.randint(1000, 9999)}",
        "checker_name": f"审核人{random.choice(FAMILY)}",
        "head_name": f"负责人{random.choice(FAMILY)}",
        "fill_date": received_on - timedelta(random.randint(1, 3)),
        "submission_no": submission_no,
    }
    return cover | ({"correction_reason": reason} if reason else {})
