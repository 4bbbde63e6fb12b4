/** Reading requests: bodies, queries, and what is the same body. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { digest } from './keys.js';
import { Problem } from './problems.js';

const LIMIT = 64 * 1024;
/** Larger than the gateway lets through: a body is read before it is refused. */
export const READ_LIMIT = 2 * 1024 * 1024;
const MEDIA_TYPE = /^application\/json[ \t]*(;|$)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads every body here, so that all faults are told in the contract's order. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parse(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  // A request without a body is not parsed at all.
  app.addHook('preValidation', async (request) => {
    if (request.method === 'POST' && request.body === undefined) parse(request, Buffer.alloc(0));
  });
}

function parse(request: FastifyRequest, body: Buffer): unknown {
  if (body.length > LIMIT) throw new Problem('too-large', `At most ${LIMIT} bytes are read.`);
  if (!MEDIA_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new Problem('unsupported-media-type');
  }
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new Problem('malformed', 'The body is not JSON in UTF-8.');
  }
}

/** The parameters of a query, the last of each name; what is not UTF-8 will fit nothing. */
export function readQuery(query: string): Record<string, string> {
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs.map((pair) => pair.map(decoded)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '\ud800';
  }
}

/** The path of a request, without its query. */
export function pathOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** A digest that is the same for two bodies with the same members, in whatever order. */
export function hashOf(body: unknown): Buffer {
  try {
    return digest(JSON.stringify(sorted(body)));
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('malformed', 'The body is nested too deep.');
    throw error;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // Pairs, as an object would put members that look like numbers first.
  return { members: members.map(([name, member]) => [name, sorted(member)]) };
}
