"""Documents of our own of the kinds that the starter documents lack."""

from __future__ import annotations

from datetime import UTC, datetime

from mine2magnet.model import Document, Paragraph


def written(title: str, category: str, day: str, *paragraphs: str, **fields: object) -> Document:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    given: dict[str, object] = {"language": "en", "source": "Our Wire", "published": published}
    return Document(
        title=title,
        category=category,
        fetched=datetime(2025, 12, 1, tzinfo=UTC),
        paragraphs=tuple(Paragraph(i, said) for i, said in enumerate(paragraphs, 1)),
        **given | fields,  # type: ignore[arg-type]
    )


OWN = (
    written(
        "MP Materials annual report for 2024 on Form 10-K",
        "financial",
        "2025-02-28T08:00",
        "MP Materials mined more bastnaesite than in any year before.",
        "Risks named in the report include a single buyer of concentrate.",
        source="Commission Filings",
        url="https://filings.example/mp-10k",
    ),
    written(
        "北方稀土2025年第三季度报告",
        "financial",
        "2025-10-30T10:00",
        "北方稀土前三季度氧化镨钕产量上升。",
        language="zh",
        source="交易所公告",
    ),
    written(
        "MP Materials Q2 2025 earnings call",
        "transcript",
        "2025-08-08T01:00",
        "MP Materials told analysts that the heavy rare earth circuit would start in a year.",
        source="Call Notes",
    ),
    written(
        "MP Materials Q3 2025 earnings call",
        "transcript",
        "2025-11-07T01:00",
        "MP Materials told analysts that magnet trials at Independence had begun.",
        source="Call Notes",
    ),
    written(
        "金力永磁投资者关系活动记录表",
        "minutes",
        "2025-09-10T12:00",
        "金力永磁向来访者说明晶界渗透技术减少了镝的用量。",
        language="zh",
        source="投资者关系",
    ),
    written(
        "Iluka quarterly review",
        "filing",
        "2025-10-21T00:30",
        "Iluka reported that building work at the Eneabba refinery was on schedule.",
        source="Exchange Announcements",
    ),
    written(
        "Energy Fuels shows a jar of dysprosium oxide",
        "social",
        "2025-09-15T18:00",
        "Energy Fuels posted a picture of its first kilogram of dysprosium oxide.",
        source="A Chemist's Posts",
    ),
    written(
        "Questions and answers on magnet grades",
        "webpage",
        "2025-07-01T00:00",
        "What do the letters of a magnet grade mean? They stand for coercivity.",
        source="grades.example",
        url="https://grades.example/faq",
    ),
)
