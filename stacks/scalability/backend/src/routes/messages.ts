/** Messages: listing them, sending one, and being answered whole or as a stream. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Prompt } from '../answers.js';
import { freeClaim, type Claim } from '../claims.js';
import { isOutage } from '../database.js';
import { streamEvents } from '../event_stream.js';
import { exchangeJson, type Exchange, type Sending } from '../exchanges.js';
import type { Id } from '../ids.js';
import { exchangeOf, history, messageJson, page } from '../messages.js';
import { hashOf, pathOf } from '../requests.js';
import { NewMessage, Page, WriteHeaders } from '../schemas.js';
import { conversationIn, Paging, userOfRequest, type Services } from '../services.js';

type Send = { Body: NewMessage; Headers: WriteHeaders };

export function messageRoutes(app: FastifyInstance, services: Services): void {
  const { database, answers, claims, cursors, exchanges } = services;
  const path = '/v1/conversations/:conversation_id/messages';

  /** Claims the request's key, if it has one, or returns what was stored for it before. */
  async function begin(
    request: FastifyRequest<Send>,
    conversation: Id,
  ): Promise<{ claim: Claim } | { made: Exchange }> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return { claim: freeClaim() };
    const { id: user } = userOfRequest(request);
    const write = { user, path: pathOf(request), key, bodyHash: hashOf(request.body) };
    return claims.begin(write, (question, settled) =>
      exchangeOf(database, conversation, question, settled),
    );
  }

  /** Does what stores a message; if that fails for certain the key is given back. */
  async function claimed<T>({ claim }: Sending, store: () => Promise<T>): Promise<T> {
    try {
      return await store();
    } catch (error) {
      if (!isOutage(error)) await claim.release();
      throw error;
    }
  }

  async function whole(sending: Sending, reply: FastifyReply): Promise<FastifyReply> {
    const exchange = await claimed(sending, async () =>
      exchanges.store(sending, await answers.whole(sending.prompt)),
    );
    return json(reply, exchange);
  }

  async function streamed(sending: Sending, reply: FastifyReply): Promise<void> {
    await streamEvents(reply, app.log, (hungUp, pass) =>
      claimed(sending, async () => {
        const answered = await answers.inParts(sending.prompt, hungUp, pass);
        hungUp.throwIfAborted();
        return exchangeJson(await exchanges.store(sending, answered));
      }),
    );
  }

  app.get(path, { schema: { querystring: Page } }, async (request) => {
    const conversation = conversationIn(request);
    const paging = new Paging(cursors, request);
    const { id: user } = userOfRequest(request);
    const found = await page(database, user, conversation, paging.before, paging.wanted);
    return paging.page(found, messageJson);
  });

  const schema = { body: NewMessage, headers: WriteHeaders };
  app.post<Send>(path, { schema }, async (request, reply) => {
    const { id: user } = userOfRequest(request);
    const conversation = conversationIn(request);
    const { content: question, stream = false } = request.body;
    const { turns, count } = await history(database, user, conversation);
    const begun = await begin(request, conversation);
    if ('made' in begun) return json(reply.header('idempotency-replayed', 'true'), begun.made);
    const prompt = new Prompt(turns, question);
    const sending: Sending = { user, conversation, claim: begun.claim, question, prompt, count };
    return stream ? streamed(sending, reply) : whole(sending, reply);
  });
}

function json(reply: FastifyReply, exchange: Exchange): FastifyReply {
  return reply.code(201).type('application/json').send(exchangeJson(exchange));
}
