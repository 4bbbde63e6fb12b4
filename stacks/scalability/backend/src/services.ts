/** What the routes share: the parts of the app, and who sent a request. */

import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Cursors } from './cursors.js';
import { Answers } from './answers.js';
import { kafkaAt } from './broker.js';
import { Claims } from './claims.js';
import { Database } from './database.js';
import { Exchanges } from './exchanges.js';
import { readId, type Id } from './ids.js';
import { Model } from './model.js';
import { invalid, Problem } from './problems.js';
import { Publisher } from './publisher.js';
import { pathOf } from './requests.js';
import type { Page } from './schemas.js';
import type { User } from './sessions.js';
import type { Settings } from './settings.js';

declare module 'fastify' {
  interface FastifyRequest {
    user: User | null;
  }
}

/** How much longer than the model may take a key is claimed for. */
const CLAIM_MARGIN = 30;

export interface Services {
  readonly settings: Settings;
  readonly database: Database;
  readonly cursors: Cursors;
  readonly claims: Claims;
  readonly answers: Answers;
  readonly exchanges: Exchanges;
  close(): Promise<void>;
}

/** Connects to all servers; throws when one does not answer. */
export async function openServices(
  settings: Settings,
  cursors: Cursors,
  log: FastifyBaseLogger,
): Promise<Services> {
  const database = await Database.connect(settings.database);
  const publisher = await Publisher.connect(kafkaAt(settings.broker, log), settings.durability);
  const model = new Model(settings.model);
  const answers = new Answers(database, model, settings.answerTtl, log);
  return {
    settings,
    database,
    cursors,
    answers,
    claims: new Claims(database, settings.model.timeout + CLAIM_MARGIN, log),
    exchanges: new Exchanges(database, answers, publisher, log),
    close: async () => {
      await Promise.allSettled([publisher.close(), model.close(), database.close()]);
    },
  };
}

/** The user of a request that was let in. */
export function userOfRequest(request: FastifyRequest): User {
  if (request.user === null) throw new Error('this route lets in anybody');
  return request.user;
}

/** The conversation in a path; throws `not-found` if no such id can have been given out. */
export function conversationIn(request: FastifyRequest): Id {
  const { conversation_id: text } = request.params as { conversation_id: string };
  const id = readId(text);
  if (id === undefined) throw new Problem('not-found');
  return id;
}

/** Where a page of a list begins and how long it is; `what` tells lists at one path apart. */
export class Paging {
  readonly limit: number;
  readonly before: Id | undefined;
  private readonly scope: string;

  constructor(
    private readonly cursors: Cursors,
    request: FastifyRequest,
    what = '',
  ) {
    const { limit, cursor } = request.query as Page;
    this.scope = `${String(userOfRequest(request).id)} ${pathOf(request)} ${what}`;
    this.limit = Number(limit ?? 20);
    this.before = cursor === undefined ? undefined : cursors.read(cursor, this.scope);
    if (cursor !== undefined && this.before === undefined) {
      throw invalid('cursor', 'was not given out for this list');
    }
  }

  /** One more than the page holds: it tells whether there is another page. */
  get wanted(): number {
    return this.limit + 1;
  }

  /** The answer for what was found, of which there is up to `wanted`. */
  page<T extends { readonly id: Id }>(found: readonly T[], show: (item: T) => unknown): unknown {
    const items = found.slice(0, this.limit);
    const last = found.length > this.limit ? items.at(-1) : undefined;
    return {
      items: items.map(show),
      next_cursor: last ? this.cursors.write(last.id, this.scope) : null,
    };
  }
}
