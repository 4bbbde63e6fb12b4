/** Messages and the conversation they are in: rows as the database has them, and as JSON. */

import type { Database } from './database.js';
import { timeOf, type Id } from './ids.js';
import type { Turn } from './model.js';
import { Problem } from './problems.js';

/** A question (with the id of its answer) or an answer. */
export interface Message {
  readonly conversation_id: Id;
  readonly id: Id;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly cached: boolean;
  readonly tokens: number;
  readonly answer_id: Id | null;
}

/** A row of a partition that has perhaps no messages: then all of them are null. */
type Owned = { readonly user_id: Id } & (Message | { readonly id: null });

/** The latest messages, oldest first, and how many there are in all. */
export interface History {
  readonly turns: Turn[];
  readonly count: number | null;
}

interface Latest extends Turn {
  readonly user_id: Id;
  readonly id: Id | null;
  readonly message_count: number | null;
}

const IN_PROMPT = 10;
const COLUMNS = 'conversation_id, id, role, content, cached, tokens, answer_id';
const WHERE = 'FROM chat.messages WHERE conversation_id = ?';
const LATEST = `SELECT user_id, message_count, id, role, content ${WHERE} LIMIT ${IN_PROMPT}`;
const FIRST_PAGE = `SELECT user_id, ${COLUMNS} ${WHERE} LIMIT ?`;
const NEXT_PAGE = `SELECT user_id, ${COLUMNS} ${WHERE} AND id < ? LIMIT ?`;
const SOME = `SELECT ${COLUMNS} ${WHERE} AND id IN ?`;
const ONE = `SELECT ${COLUMNS} ${WHERE} AND id = ?`;

/** What was said before; throws `not-found` when the user has no such conversation. */
export async function history(database: Database, user: Id, conversation: Id): Promise<History> {
  const rows = await database.rows<Latest>(LATEST, conversation);
  if (!rows[0]?.user_id.equals(user)) throw new Problem('not-found');
  const said = rows.filter(({ id }) => id !== null).reverse();
  const turns = said.map(({ role, content }) => ({ role, content }));
  return { turns, count: rows[0].message_count };
}

/** The newest messages, older than `before`; throws `not-found` as `history` does. */
export async function page(
  database: Database,
  user: Id,
  conversation: Id,
  before: Id | undefined,
  limit: number,
): Promise<Message[]> {
  const rows = before
    ? await database.rows<Owned>(NEXT_PAGE, conversation, before, limit)
    : await database.rows<Owned>(FIRST_PAGE, conversation, limit);
  // Nobody but the owner has a cursor, and behind each there is something.
  if (!rows[0]?.user_id.equals(user)) throw new Problem('not-found');
  return rows.filter((row) => row.id !== null);
}

export function messagesWithIds(
  database: Database,
  conversation: Id,
  ids: readonly Id[],
): Promise<Message[]> {
  return database.rows<Message>(SOME, conversation, ids);
}

/** A question with its answer, if both are stored; `settled` waits for attempts to store it. */
export async function exchangeOf(
  database: Database,
  conversation: Id,
  question: Id,
  settled: boolean,
): Promise<{ question: Message; answer: Message } | undefined> {
  const asked = settled
    ? await database.settledRow<Message>(ONE, conversation, question)
    : await database.row<Message>(ONE, conversation, question);
  if (!asked?.answer_id) return undefined;
  const answer = await database.row<Message>(ONE, conversation, asked.answer_id);
  return answer && { question: asked, answer };
}

/** A Message of the contract. */
export function messageJson(message: Message): Record<string, unknown> {
  const { id, conversation_id: conversation, role, content, cached, tokens } = message;
  return {
    id: String(id),
    conversation_id: String(conversation),
    role,
    content,
    created_at: timeOf(id),
    cached,
    tokens,
  };
}
