/**
 * Cursors: the id of the last item, a digest of the list it is good for, and a seal over both.
 *
 * Cassandra's own paging state is not used: one that was forged ends the driver's connection for
 * everybody, and it says where the rows were, not which.
 */

import { timingSafeEqual } from 'node:crypto';
import { bytesOf, idFrom, type Id } from './ids.js';
import { digest, keyFor, seal } from './keys.js';

const ID = 16;
const SCOPE = 8;
const SEAL = 18;
// 42 bytes are 56 characters without padding bits, so each cursor has one spelling only.
const SHAPE = /^[A-Za-z0-9_-]{56}$/;

export class Cursors {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = keyFor(secret, 'cursor');
  }

  write(last: Id, scope: string): string {
    const told = Buffer.concat([bytesOf(last), digest(scope).subarray(0, SCOPE)]);
    return Buffer.concat([told, seal(this.key, told).subarray(0, SEAL)]).toString('base64url');
  }

  /** Whether this app wrote a cursor, for whichever list. */
  isGenuine(cursor: string): boolean {
    if (!SHAPE.test(cursor)) return false;
    const read = Buffer.from(cursor, 'base64url');
    const expected = seal(this.key, read.subarray(0, ID + SCOPE)).subarray(0, SEAL);
    return timingSafeEqual(read.subarray(ID + SCOPE), expected);
  }

  /** The id in a genuine cursor; undefined if it was given out for another list. */
  read(cursor: string, scope: string): Id | undefined {
    const read = Buffer.from(cursor, 'base64url');
    const same = read.subarray(ID, ID + SCOPE).equals(digest(scope).subarray(0, SCOPE));
    return same ? idFrom(read.subarray(0, ID)) : undefined;
  }
}
