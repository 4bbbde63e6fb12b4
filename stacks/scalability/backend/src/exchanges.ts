/**
 * Stores a question with its answer: both or neither, once, and counted once.
 *
 * First everything that points at the messages is written: the index of words, the usage event, and
 * the answer for those who ask the same. Until the messages are there, each of them leads nowhere
 * and is ignored by whoever follows it. Then one lightweight transaction in the conversation's
 * partition stores both messages and their number: that is the moment at which all of it counts.
 */

import type { FastifyBaseLogger } from 'fastify';
import type { Answered, Answers, Prompt } from './answers.js';
import type { Claim } from './claims.js';
import { isOutage, type Database, type Statement } from './database.js';
import { newId, type Id } from './ids.js';
import { exchangeOf, messageJson, type Message } from './messages.js';
import { Problem, Unavailable } from './problems.js';
import type { Publisher } from './publisher.js';
import { entries } from './search.js';

/** What is to be stored. `count` is the number of messages before, as far as known. */
export interface Sending {
  readonly user: Id;
  readonly conversation: Id;
  readonly claim: Claim;
  readonly question: string;
  readonly prompt: Prompt;
  readonly count: number | null;
}

export interface Exchange {
  readonly question: Message;
  readonly answer: Message;
}

interface Seen {
  readonly id: Id | null;
  readonly message_count: number | null;
}

/** No attempt to store begins later than this after the answer, or this before a claim ends. */
const STORING_MS = 10_000;
const INSERT = `INSERT INTO chat.messages
  (conversation_id, id, role, content, cached, tokens, answer_id) VALUES (?, ?, ?, ?, ?, ?, ?)`;
const INSERT_ONCE = `${INSERT} IF NOT EXISTS`;
const COUNT = `UPDATE chat.messages SET message_count = ? WHERE conversation_id = ?
  IF message_count = ?`;
const COUNT_NOW = 'SELECT message_count FROM chat.messages WHERE conversation_id = ? LIMIT 1';
// The count is its own timestamp: of all the writers the one with the highest count wins, whatever
// the order in which they come.
export const SHOW_COUNT = `UPDATE chat.conversations USING TIMESTAMP ? SET message_count = ?
  WHERE user_id = ? AND id = ?`;

export class Exchanges {
  constructor(
    private readonly database: Database,
    private readonly answers: Answers,
    private readonly publisher: Publisher,
    private readonly log: FastifyBaseLogger,
  ) {}

  /**
   * Stores an answer to a question, and returns what is stored.
   *
   * After an outage of the database (see `isOutage`) it may be stored all the same; after any other
   * error it is not, and will not be.
   */
  async store(sending: Sending, answered: Answered): Promise<Exchange> {
    const { user, conversation, claim, prompt } = sending;
    const expires = Math.min(Date.now() + STORING_MS, claim.until - STORING_MS);
    if (expires < Date.now()) throw new Problem('conflict', 'This took too long.');
    const exchange = exchangeFrom(sending, answered);
    const { question, answer } = exchange;
    await Promise.all([
      this.answers.keep(prompt, answered),
      this.database.writeAll([
        ...entries(user, conversation, question.id, question.content),
        ...entries(user, conversation, answer.id, answer.content),
      ]),
      this.publisher.publish({
        id: answer.id,
        user,
        conversation,
        promptTokens: question.tokens,
        completionTokens: answer.tokens,
        cached: answer.cached,
        expires,
      }),
    ]);
    const { stored, count } = await this.commit(exchange, sending.count, expires);
    if (count !== undefined) await this.show(user, conversation, count);
    return stored;
  }

  /**
   * Stores both messages and returns what is stored, with the number of messages if that is known:
   * another attempt with the same key may have been first.
   */
  private async commit(
    exchange: Exchange,
    before: number | null,
    expires: number,
  ): Promise<{ stored: Exchange; count?: number }> {
    const { question, answer } = exchange;
    const conversation = question.conversation_id;
    let count = before;
    while (Date.now() < expires) {
      const next = (count ?? 0) + 2;
      const statements: Statement[] = [
        { query: COUNT, params: [next, conversation, count] },
        { query: INSERT_ONCE, params: columns(question) },
        { query: INSERT, params: columns(answer) },
      ];
      try {
        const { applied, there } = await this.database.writeAllIf<Seen>(statements);
        if (applied) return { stored: exchange, count: next };
        if (!there?.id) {
          count = there?.message_count ?? null;
          continue;
        }
      } catch (error) {
        // It is unknown whether it was stored, so look before trying again.
        if (!isOutage(error)) throw error;
        this.log.warn(`storing a message is tried again: ${String(error)}`);
      }
      const stored = await exchangeOf(this.database, conversation, question.id, true);
      if (stored) return { stored };
      const now = await this.database.settledRow<Seen>(COUNT_NOW, conversation);
      count = now?.message_count ?? null;
    }
    throw new Unavailable('a message was not stored in time');
  }

  /** Shows the number of messages in the list of conversations; the worker does it again. */
  private async show(user: Id, conversation: Id, count: number): Promise<void> {
    try {
      await this.database.write(SHOW_COUNT, count, count, user, conversation);
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.log.warn(`the worker will have to show a count: ${String(error)}`);
    }
  }
}

export function exchangeJson({ question, answer }: Exchange): string {
  return JSON.stringify({ question: messageJson(question), answer: messageJson(answer) });
}

function exchangeFrom({ conversation, claim, question }: Sending, answered: Answered): Exchange {
  const answerId = newId();
  const common = { conversation_id: conversation };
  return {
    question: {
      ...common,
      id: claim.target,
      role: 'user',
      content: question,
      cached: false,
      tokens: answered.promptTokens,
      answer_id: answerId,
    },
    answer: {
      ...common,
      id: answerId,
      role: 'assistant',
      content: answered.content,
      cached: answered.cached,
      tokens: answered.completionTokens,
      answer_id: null,
    },
  };
}

function columns(message: Message): unknown[] {
  const { conversation_id: conversation, id, role, content, cached, tokens } = message;
  return [conversation, id, role, content, cached, tokens, message.answer_id];
}
