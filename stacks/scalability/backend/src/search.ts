/** Search: an index of words that this app keeps, and the messages found in it. */

import type { Database, Statement } from './database.js';
import { LAST_ID, orderOf, type Id } from './ids.js';
import { messagesWithIds, type Message } from './messages.js';
import { wordsOf } from './text.js';

interface Row {
  readonly id: Id;
  readonly conversation_id: Id;
}

/** A message that holds a word; `order` sorts as the database does. */
interface Posting extends Row {
  readonly order: string;
}

/** The latest postings of a word up to some id; `end` when there are no more. */
interface Run {
  readonly postings: readonly Posting[];
  readonly end: boolean;
}

const CHUNK = 200;
const NOTE = `INSERT INTO chat.message_words (user_id, word, id, conversation_id)
  VALUES (?, ?, ?, ?)`;
const LOOK_UP = `SELECT id, conversation_id FROM chat.message_words
  WHERE user_id = ? AND word = ? AND id <= ? LIMIT ?`;

/** What to write to have a message found; all of it is in the user's partition. */
export function entries(user: Id, conversation: Id, id: Id, content: string): Statement[] {
  return wordsOf(content).map((word) => ({ query: NOTE, params: [user, word, id, conversation] }));
}

/**
 * The newest `limit` messages of a user with every one of some words, older than `before`.
 *
 * The index is written before the messages are, so an entry may lead nowhere: it is passed over.
 */
export async function search(
  database: Database,
  user: Id,
  words: readonly string[],
  before: Id | undefined,
  limit: number,
): Promise<Message[]> {
  const found: Message[] = [];
  for await (const postings of matches(database, user, words, before)) {
    for (let at = 0; at < postings.length && found.length < limit; at += limit) {
      found.push(...(await messagesOf(database, postings.slice(at, at + limit))));
    }
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/**
 * The postings that all words have, newest first: each round reads a run of every word, keeps what
 * is in all of them down to where the shortest run ends, and goes on at the first posting below
 * that the word which has the oldest one has. So a rare word skips most of a common one.
 */
async function* matches(
  database: Database,
  user: Id,
  words: readonly string[],
  before: Id | undefined,
): AsyncGenerator<Posting[]> {
  let from = before ?? LAST_ID;
  let below = orderOf(from); // exclusive, though the statement's bound is not
  for (;;) {
    const runs = await Promise.all(words.map((word) => runOf(database, user, word, from)));
    const floor = runs.map(floorOf).reduce((a, b) => (a > b ? a : b));
    const [first, ...others] = runs;
    const orders = others.map(({ postings }) => new Set(postings.map(({ order }) => order)));
    const common = (first?.postings ?? []).filter(
      ({ order }) => order >= floor && order < below && orders.every((set) => set.has(order)),
    );
    if (common.length > 0) yield common;
    if (floor === '') return;
    const next = nextBound(runs, floor);
    if (next === undefined) return;
    [from, below] = [next.id, floor];
  }
}

/** Down to where a run is known: all the way if it ended. */
function floorOf({ postings, end }: Run): string {
  return end ? '' : (postings.at(-1)?.order ?? '');
}

/** Where to go on below `floor`: no match can be newer. Undefined when there is none left. */
function nextBound(runs: readonly Run[], floor: string): Posting | undefined {
  let bound: Posting | undefined;
  for (const { postings, end } of runs) {
    const next = postings.find(({ order }) => order < floor);
    if (next === undefined && end) return undefined;
    // Of a run that ends at the floor itself it is only known that the next one is older.
    const known = next ?? postings.at(-1);
    if (known && (!bound || known.order < bound.order)) bound = known;
  }
  return bound;
}

async function runOf(database: Database, user: Id, word: string, from: Id): Promise<Run> {
  const rows = await database.rows<Row>(LOOK_UP, user, word, from, CHUNK);
  const postings = rows.map((row) => ({ ...row, order: orderOf(row.id) }));
  return { postings, end: postings.length < CHUNK };
}

async function messagesOf(database: Database, postings: readonly Posting[]): Promise<Message[]> {
  const ids = new Map<string, { conversation: Id; ids: Id[] }>();
  for (const { id, conversation_id: conversation } of postings) {
    const group = ids.get(String(conversation)) ?? { conversation, ids: [] };
    group.ids.push(id);
    ids.set(String(conversation), group);
  }
  const groups = await Promise.all(
    [...ids.values()].map((group) => messagesWithIds(database, group.conversation, group.ids)),
  );
  const known = new Map(groups.flat().map((message) => [String(message.id), message]));
  return postings.flatMap(({ id }) => known.get(String(id)) ?? []);
}
