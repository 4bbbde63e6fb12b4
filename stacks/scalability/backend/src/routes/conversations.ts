/** Conversations: opening, reading and listing them. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { freeClaim, type Claim } from '../claims.js';
import { isOutage } from '../database.js';
import { LAST_ID, timeOf, type Id } from '../ids.js';
import { Problem } from '../problems.js';
import { hashOf, pathOf } from '../requests.js';
import { NewConversation, Page, WriteHeaders } from '../schemas.js';
import { conversationIn, Paging, userOfRequest, type Services } from '../services.js';

interface Conversation {
  readonly id: Id;
  readonly title: string;
  readonly message_count: number | null;
}

const COLUMNS = 'SELECT id, title, message_count FROM chat.conversations WHERE user_id = ?';
const ONE = `${COLUMNS} AND id = ?`;
const PAGE = `${COLUMNS} AND id < ? LIMIT ?`;
const ADD = 'INSERT INTO chat.conversations (user_id, id, title) VALUES (?, ?, ?)';
const OWN = 'INSERT INTO chat.messages (conversation_id, user_id) VALUES (?, ?)';

export function conversationRoutes(app: FastifyInstance, services: Services): void {
  const { database, claims, cursors } = services;

  const find = (user: Id, id: Id): Promise<Conversation | undefined> =>
    database.row<Conversation>(ONE, user, id);

  /** Claims the request's key, if it has one, or returns what was opened for it before. */
  async function begin(
    request: FastifyRequest,
    user: Id,
    key: string | undefined,
  ): Promise<{ claim: Claim } | { made: Conversation }> {
    if (key === undefined) return { claim: freeClaim() };
    const write = { user, path: pathOf(request), key, bodyHash: hashOf(request.body) };
    return claims.begin(write, (id) => find(user, id));
  }

  /** Opens the conversation that a claim names. Doing so twice changes nothing. */
  async function open(user: Id, claim: Claim, title: string): Promise<Conversation> {
    const { target: id, release } = claim;
    const statements = [
      { query: ADD, params: [user, id, title] },
      { query: OWN, params: [id, user] },
    ];
    try {
      await database.writeAll(statements, { logged: true });
    } catch (error) {
      // After an outage it may be there all the same: then the key has to lead to it.
      if (!isOutage(error)) await release();
      throw error;
    }
    return { id, title, message_count: null };
  }

  app.get('/v1/conversations', { schema: { querystring: Page } }, async (request) => {
    const paging = new Paging(cursors, request);
    const { id: user } = userOfRequest(request);
    const from = paging.before ?? LAST_ID;
    return paging.page(await database.rows<Conversation>(PAGE, user, from, paging.wanted), shown);
  });

  app.post<{ Body: NewConversation; Headers: WriteHeaders }>(
    '/v1/conversations',
    { schema: { body: NewConversation, headers: WriteHeaders } },
    async (request, reply) => {
      const { id: user } = userOfRequest(request);
      const key = request.headers['idempotency-key'];
      const begun = await begin(request, user, key);
      if ('made' in begun) reply.header('idempotency-replayed', 'true');
      const made = 'made' in begun ? begun.made : await open(user, begun.claim, request.body.title);
      // Word for word as it was at first, though it may have messages by now.
      return reply.code(201).send(shown({ ...made, message_count: null }));
    },
  );

  app.get('/v1/conversations/:conversation_id', async (request) => {
    const found = await find(userOfRequest(request).id, conversationIn(request));
    if (found === undefined) throw new Problem('not-found');
    return shown(found);
  });
}

/** A Conversation of the contract. */
function shown({ id, title, message_count: count }: Conversation): unknown {
  return { id: String(id), title, created_at: timeOf(id), message_count: count ?? 0 };
}
