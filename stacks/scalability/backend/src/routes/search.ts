/** Search in one's own messages. */

import type { FastifyInstance } from 'fastify';
import { messageJson } from '../messages.js';
import { Search } from '../schemas.js';
import { search } from '../search.js';
import { Paging, userOfRequest, type Services } from '../services.js';
import { wordsOf } from '../text.js';

export function searchRoutes(app: FastifyInstance, { database, cursors }: Services): void {
  const schema = { querystring: Search };
  app.get<{ Querystring: Search }>('/v1/search', { schema }, async (request) => {
    const { q } = request.query;
    const paging = new Paging(cursors, request, q);
    const { id: user } = userOfRequest(request);
    const found = await search(database, user, wordsOf(q), paging.before, paging.wanted);
    return paging.page(found, messageJson);
  });
}
