/** Usage events: what they are, and how they are written in the log. */

import { readId, type Id } from './ids.js';

/** The topic, and the group of those who count. */
export const USAGE = 'usage';

/**
 * What is to be counted of a message if it is stored; `id` is the id of the answer.
 *
 * It is published before the message is stored, which no attempt begins after `expires` (in
 * milliseconds).
 */
export interface Usage {
  readonly id: Id;
  readonly user: Id;
  readonly conversation: Id;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cached: boolean;
  readonly expires: number;
}

export function encode(event: Usage): string {
  const { id, user, conversation } = event;
  const texts = { id: String(id), user: String(user), conversation: String(conversation) };
  return JSON.stringify({ ...event, ...texts });
}

/** Reads an event; undefined if it is none. */
export function decode(value: Buffer | null): Usage | undefined {
  try {
    const read = JSON.parse(String(value)) as Record<string, unknown>;
    const { promptTokens, completionTokens, cached, expires } = read;
    const id = readId(String(read['id']));
    const user = readId(String(read['user']));
    const conversation = readId(String(read['conversation']));
    const counts = [promptTokens, completionTokens, expires].every(Number.isSafeInteger);
    if (!id || !user || !conversation || !counts || typeof cached !== 'boolean') return undefined;
    return {
      id,
      user,
      conversation,
      promptTokens: Number(promptTokens),
      completionTokens: Number(completionTokens),
      cached,
      expires: Number(expires),
    };
  } catch {
    return undefined;
  }
}
