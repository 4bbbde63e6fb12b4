/**
 * Idempotency keys: a write with a key is carried out once, whatever fails between its steps.
 *
 * An attempt claims the key by a lightweight transaction. The claim names the *target*: the id of
 * what the write will make. Whether it was made can be seen by looking for that id, so nothing has
 * to be written down afterwards. A claim whose process died runs out; whoever takes it over has
 * the same target, so that the two can never both make it.
 */

import { types } from 'cassandra-driver';
import type { FastifyBaseLogger } from 'fastify';
import { isOutage, type Database } from './database.js';
import { newId, type Id } from './ids.js';
import { Problem } from './problems.js';

/** Which write this is: the same user, path and key mean the same one. */
export interface Identity {
  readonly user: Id;
  readonly path: string;
  readonly key: string;
  readonly bodyHash: Buffer;
}

/** The right to make what has the id `target`, until a moment in milliseconds. */
export interface Claim {
  readonly target: Id;
  readonly until: number;
  /** Gives the key back after a failure. */
  release(): Promise<void>;
}

/** Looks for what has an id; `settled` where an attempt to make it may hang in the air. */
export type Find<T> = (target: Id, settled: boolean) => Promise<T | undefined>;

interface Held {
  readonly body_hash: Buffer;
  readonly claim: types.Uuid;
  readonly claimed_until: Date;
  readonly target: Id;
}

/** Seconds for which the answer to a key is remembered. */
const TTL = 7 * 24 * 3600;
const WHERE = 'WHERE user_id = ? AND path = ? AND key = ?';
const CLAIM = `INSERT INTO chat.idempotency_keys
  (user_id, path, key, body_hash, claim, claimed_until, target) VALUES (?, ?, ?, ?, ?, ?, ?)
  IF NOT EXISTS USING TTL ${TTL}`;
const TAKE_OVER = `UPDATE chat.idempotency_keys USING TTL ${TTL}
  SET body_hash = ?, claim = ?, claimed_until = ?, target = ? ${WHERE} IF claim = ?`;
const RELEASE = `DELETE FROM chat.idempotency_keys ${WHERE} IF claim = ?`;

/** What an attempt without a key holds. */
export function freeClaim(): Claim {
  return { target: newId(), until: Infinity, release: () => Promise.resolve() };
}

export class Claims {
  constructor(
    private readonly database: Database,
    private readonly seconds: number,
    private readonly log: FastifyBaseLogger,
  ) {}

  /**
   * Claims the key, or returns what an attempt before has made.
   *
   * Throws `conflict` while that is under way, `idempotency-mismatch` when it had another body.
   */
  async begin<T>(write: Identity, find: Find<T>): Promise<{ claim: Claim } | { made: T }> {
    const { user, path, key, bodyHash } = write;
    const claim = types.Uuid.random();
    const until = Date.now() + this.seconds * 1000;
    const target = newId();
    const row = [user, path, key, bodyHash, claim, new Date(until), target];
    const { there } = await this.database.writeIf<Held>(CLAIM, ...row);
    if (there === undefined) return { claim: this.held(write, claim, target, until) };

    const expired = there.claimed_until.getTime() < Date.now();
    const same = there.body_hash.equals(bodyHash);
    const made = await find(there.target, expired);
    if (made !== undefined && same) return { made };
    if (!same && (made !== undefined || !expired)) throw new Problem('idempotency-mismatch');
    if (!expired) throw underWay();

    const next = same ? there.target : target;
    const taken = [bodyHash, claim, new Date(until), next, user, path, key, there.claim];
    const { applied } = await this.database.writeIf<Held>(TAKE_OVER, ...taken);
    if (!applied) throw underWay();
    return { claim: this.held(write, claim, next, until) };
  }

  private held({ user, path, key }: Identity, claim: types.Uuid, target: Id, until: number): Claim {
    const release = async (): Promise<void> => {
      try {
        await this.database.writeIf<Held>(RELEASE, user, path, key, claim);
      } catch (error) {
        if (!isOutage(error)) throw error;
        this.log.warn(`a key stays taken until its claim runs out: ${String(error)}`);
      }
    };
    return { target, until, release };
  }
}

function underWay(): Problem {
  return new Problem('conflict', 'The first request with this key is under way.');
}
