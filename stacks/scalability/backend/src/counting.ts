/**
 * Counts usage events: each once, however often it comes, and none whose message was not stored.
 *
 * A row for each event and the sums over all of them are in the user's partition, and are written
 * together by a lightweight transaction: only if none of the rows is there and the sums are still
 * those that were added to. So even two workers with the same events count each of them once.
 */

import { types } from 'cassandra-driver';
import type { Logger } from 'pino';
import type { Database, Statement } from './database.js';
import { SHOW_COUNT } from './exchanges.js';
import type { Id } from './ids.js';
import type { Usage } from './usage.js';

/** An event whose message is stored, and how many its conversation had when that was looked at. */
export interface Stored {
  readonly event: Usage;
  readonly messageCount: number;
}

interface Sums {
  readonly messages_sum: number | null;
  readonly prompt_tokens_sum: types.Long | null;
  readonly completion_tokens_sum: types.Long | null;
  readonly cached_sum: number | null;
}

/** The totals over all messages of a user. */
export interface Totals {
  readonly messages: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached: number;
}

/** How long after the last attempt to store a message the database may still be at it. */
const GRACE_MS = 5_000;
const MESSAGE = 'SELECT id, message_count FROM chat.messages WHERE conversation_id = ? AND id = ?';
const SHOWN = 'SELECT message_count FROM chat.conversations WHERE user_id = ? AND id = ?';
const SUMS = `SELECT DISTINCT messages_sum, prompt_tokens_sum, completion_tokens_sum, cached_sum
  FROM chat.usage_events WHERE user_id = ?`;
const COUNTED = 'SELECT id FROM chat.usage_events WHERE user_id = ? AND id IN ?';
const COUNT = `INSERT INTO chat.usage_events
  (user_id, id, conversation_id, prompt_tokens, completion_tokens, cached)
  VALUES (?, ?, ?, ?, ?, ?) IF NOT EXISTS`;
const ADD = `UPDATE chat.usage_events SET messages_sum = ?, prompt_tokens_sum = ?,
  completion_tokens_sum = ?, cached_sum = ? WHERE user_id = ? IF messages_sum = ?`;

export async function totalsOf(database: Database, user: Id): Promise<Totals> {
  const sums = await database.row<Sums>(SUMS, user);
  return {
    messages: sums?.messages_sum ?? 0,
    prompt_tokens: sums?.prompt_tokens_sum?.toNumber() ?? 0,
    completion_tokens: sums?.completion_tokens_sum?.toNumber() ?? 0,
    cached: sums?.cached_sum ?? 0,
  };
}

/** Whether an event's message is stored; undefined while it may still be. */
export async function settle(
  database: Database,
  event: Usage,
  log: Logger,
): Promise<Stored | 'dropped' | undefined> {
  const late = Date.now() > event.expires + GRACE_MS;
  const read = late ? database.settledRow.bind(database) : database.row.bind(database);
  const found = await read<{ message_count: number }>(MESSAGE, event.conversation, event.id);
  if (found) return { event, messageCount: found.message_count };
  if (!late) return undefined;
  log.warn(`event ${String(event.id)} is of a message that was not stored`);
  return 'dropped';
}

/** Counts events, in their order. */
export async function count(database: Database, stored: readonly Stored[]): Promise<void> {
  const byUser = new Map<string, Stored[]>();
  for (const each of stored) {
    const user = String(each.event.user);
    byUser.set(user, [...(byUser.get(user) ?? []), each]);
  }
  await Promise.all([...byUser.values()].map((each) => countOfUser(database, each)));
  await Promise.all(stored.map((each) => showCount(database, each)));
}

async function countOfUser(database: Database, stored: readonly Stored[]): Promise<void> {
  const events = new Map(stored.map(({ event }) => [String(event.id), event]));
  const [first] = events.values();
  if (first === undefined) return;
  const { user } = first;
  for (;;) {
    const before = await totalsOf(database, user);
    const rows = [...events.values()].map(row);
    const { applied } = await database.writeAllIf([...rows, sums(user, before, events.values())]);
    if (applied) return;
    const ids = [...events.values()].map(({ id }) => id);
    for (const { id } of await database.rows<{ id: Id }>(COUNTED, user, ids)) {
      events.delete(String(id));
    }
    if (events.size === 0) return;
  }
}

function row({ user, id, conversation, promptTokens, completionTokens, cached }: Usage): Statement {
  return { query: COUNT, params: [user, id, conversation, promptTokens, completionTokens, cached] };
}

function sums(user: Id, before: Totals, events: Iterable<Usage>): Statement {
  let { messages, prompt_tokens: prompt, completion_tokens: completion, cached } = before;
  for (const event of events) {
    messages += 1;
    prompt += event.promptTokens;
    completion += event.completionTokens;
    cached += Number(event.cached);
  }
  const tokens = [types.Long.fromNumber(prompt), types.Long.fromNumber(completion)];
  return { query: ADD, params: [messages, ...tokens, cached, user, before.messages || null] };
}

/** Shows a conversation's number of messages in the list, should the app have ended before that. */
async function showCount(database: Database, { event, messageCount }: Stored): Promise<void> {
  const { user, conversation } = event;
  const shown = await database.row<{ message_count: number | null }>(SHOWN, user, conversation);
  if ((shown?.message_count ?? 0) >= messageCount) return;
  await database.write(SHOW_COUNT, messageCount, messageCount, user, conversation);
}
