/** Identifiers: version 1 UUIDs, each later than all that this process gave out before. */

import { randomBytes } from 'node:crypto';
import { types } from 'cassandra-driver';

export type Id = types.TimeUuid;

const TICKS = 10_000; // of 100 ns in a millisecond
const NODE = randomBytes(6);
NODE.writeUInt8(NODE.readUInt8(0) | 1); // RFC 9562, 6.10: no network card has such an address
const CLOCK = randomBytes(2);
const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Greater than any id. */
export const LAST_ID = types.TimeUuid.fromString('ffffffff-ffff-1fff-bf7f-7f7f7f7f7f7f');

let last = { moment: 0, tick: 0 };

export function newId(): Id {
  const moment = Date.now();
  // Finer than Date, but blind to the clock being set, so only its fraction is taken.
  const fraction = performance.timeOrigin + performance.now() - moment;
  const tick = Math.trunc(Math.min(Math.max(fraction, 0), 0.9999) * TICKS);
  last = later({ moment, tick }, last) ? { moment, tick } : after(last);
  return types.TimeUuid.fromDate(new Date(last.moment), last.tick, NODE, CLOCK);
}

function later(a: typeof last, b: typeof last): boolean {
  return a.moment > b.moment || (a.moment === b.moment && a.tick > b.tick);
}

function after({ moment, tick }: typeof last): typeof last {
  return tick + 1 < TICKS ? { moment, tick: tick + 1 } : { moment: moment + 1, tick: 0 };
}

/** The id that was given out as this text, or undefined if none can have been. */
export function readId(text: string): Id | undefined {
  return TEXT.test(text) ? types.TimeUuid.fromString(text) : undefined;
}

export function idFrom(bytes: Buffer): Id {
  return new types.TimeUuid(Buffer.from(bytes));
}

export function bytesOf(id: Id): Buffer {
  return id.getBuffer();
}

/** The moment at which an id was made, such as `2026-01-02T03:04:05.678Z`. */
export function timeOf(id: Id): string {
  return id.getDate().toISOString();
}

/** A text that sorts as Cassandra sorts the ids: by time, then by the other bytes, signed. */
export function orderOf(id: Id): string {
  const hex = bytesOf(id).toString('hex');
  const rest = bytesOf(id).readBigUInt64BE(8) ^ 0x8080808080808080n;
  const time = hex.slice(12, 16) + hex.slice(8, 12) + hex.slice(0, 8);
  return time + rest.toString(16).padStart(16, '0');
}
