/** An answer as server-sent events: tokens, then `done` after it was stored, or `error`. */

import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { problemOf } from './problems.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/**
 * Sends what `produce` passes on and then what it returns, which is JSON.
 *
 * A client that hangs up has `hungUp` abort; then nobody is told how it ended.
 */
export async function streamEvents(
  reply: FastifyReply,
  log: FastifyBaseLogger,
  produce: (hungUp: AbortSignal, pass: (parts: readonly string[]) => void) => Promise<string>,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  const client = new AbortController();
  raw.on('close', () => client.abort());
  raw.writeHead(200, HEADERS);
  raw.flushHeaders();
  let last: string;
  try {
    const done = await produce(client.signal, (parts) => {
      raw.write(parts.map((delta) => event('token', JSON.stringify({ delta }))).join(''));
    });
    last = event('done', done);
  } catch (error) {
    if (client.signal.aborted) return;
    last = event('error', JSON.stringify(problemOf(error, log).document()));
  }
  raw.end(last);
}

function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
