"""Counts usage events: each once, however often it comes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from chat.database import Database
from chat.events import FIELDS, Usage
from chat.models import OutboxEvent

# One statement, so one transaction. Rows are taken in the order of their keys, so that two
# workers that count the same events wait for each other instead of locking each other out.
COUNT = text("""
    WITH given AS (
        SELECT * FROM unnest(
            CAST(:id AS uuid[]), CAST(:user_id AS uuid[]), CAST(:conversation_id AS uuid[]),
            CAST(:prompt_tokens AS int[]), CAST(:completion_tokens AS int[]),
            CAST(:cached AS bool[]), CAST(:created_at AS timestamptz[])
        ) AS event (
            id, user_id, conversation_id, prompt_tokens, completion_tokens, cached, created_at
        )
    ), counted AS (
        INSERT INTO usage_events (
            id, user_id, conversation_id, prompt_tokens, completion_tokens, cached, created_at
        )
        SELECT * FROM given ORDER BY id
        ON CONFLICT (id) DO NOTHING
        RETURNING user_id, prompt_tokens, completion_tokens, cached
    ), done AS (
        DELETE FROM usage_outbox WHERE id = ANY (CAST(:id AS uuid[]))
    )
    INSERT INTO usage_totals AS totals (
        user_id, messages, prompt_tokens, completion_tokens, cached
    )
    SELECT user_id, count(*), sum(prompt_tokens), sum(completion_tokens),
           count(*) FILTER (WHERE cached)
    FROM counted GROUP BY user_id ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET
        messages = totals.messages + excluded.messages,
        prompt_tokens = totals.prompt_tokens + excluded.prompt_tokens,
        completion_tokens = totals.completion_tokens + excluded.completion_tokens,
        cached = totals.cached + excluded.cached
""")


async def count(database: Database, events: Sequence[Usage]) -> None:
    """Store events, add them to the totals and remove them from the outbox, in one transaction."""
    columns = {name: [getattr(event, name) for event in events] for name in FIELDS}
    async with database.autocommit() as connection:
        await connection.execute(COUNT, columns)


async def left_behind(database: Database, age: float, limit: int) -> list[Usage]:
    """Return the events that have been in the outbox for longer than `age` seconds."""
    before = datetime.now(UTC) - timedelta(seconds=age)
    statement = (
        select(*(getattr(OutboxEvent, name) for name in FIELDS))
        .where(OutboxEvent.created_at < before)
        .order_by(OutboxEvent.id)
        .limit(limit)
    )
    async with database.autocommit() as connection:
        rows = await connection.execute(statement)
        return [Usage(**row._mapping) for row in rows]
