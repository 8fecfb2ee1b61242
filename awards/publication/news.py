"""Reading what was published so far, one by one, the newest first."""

from datetime import datetime

from awards.publication.feeds import MOST_NEWS, News
from awards.publication.tables import Publication

_NEWS = """
SELECT g.slug AS programme, e.slug AS edition, e.name AS edition_name, p.number, p.kind, p.visible_at, p.note,
 (SELECT COUNT(*) FROM published_entry w WHERE w.publication = p.id AND (w.prize <> '' OR p.kind = 'archive')) AS winners,
 (SELECT COUNT(*) FROM published_entry w WHERE w.publication = p.id AND p.kind = 'finalists') AS finalists
FROM publication p JOIN edition e ON e.id = p.edition JOIN programme g ON g.id = e.programme
WHERE p.visible_at <= {} AND p.withdrawn_at IS NULL ORDER BY p.visible_at DESC, p.id DESC LIMIT {}
"""


async def news(now: datetime) -> list[News]:
    return [News(**row) for row in await Publication.raw(_NEWS, now, MOST_NEWS)]
