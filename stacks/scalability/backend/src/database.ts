/** Cassandra: one client for each process; every statement is prepared. */

import { Client, errors, policies, types } from 'cassandra-driver';
import type { Address } from './settings.js';

export interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

/** What became of a write with a condition: whether it was done, and if not, what is there. */
export interface Conditional<T> {
  readonly applied: boolean;
  readonly there: T | undefined;
}

const { consistencies } = types;
const { ConstantReconnectionPolicy } = policies.reconnection;
const READ_MS = 5_000;
const RECONNECT_MS = 200;
const { responseErrorCodes: codes } = types;
const OUTAGES: readonly number[] = [
  codes.serverError,
  codes.unavailableException,
  codes.overloaded,
  codes.isBootstrapping,
  codes.truncateError,
  codes.writeTimeout,
  codes.readTimeout,
  codes.readFailure,
  codes.writeFailure,
];

export class Database {
  private constructor(private readonly client: Client) {}

  static async connect(at: Address): Promise<Database> {
    const client = new Client({
      contactPoints: [`${at.host}:${at.port}`],
      localDataCenter: 'datacenter1',
      queryOptions: {
        prepare: true,
        consistency: consistencies.localQuorum,
        serialConsistency: consistencies.localSerial,
      },
      policies: { reconnection: new ConstantReconnectionPolicy(RECONNECT_MS) },
      socketOptions: { connectTimeout: READ_MS, readTimeout: READ_MS },
    });
    try {
      await client.connect();
    } catch (error) {
      await client.shutdown();
      throw error;
    }
    return new Database(client);
  }

  close(): Promise<void> {
    return this.client.shutdown();
  }

  /** Changes the schema. */
  async define(query: string): Promise<void> {
    await this.client.execute(query, [], { prepare: false });
  }

  /** Reads rows; T names the columns that the statement selects. */
  async rows<T>(query: string, ...params: unknown[]): Promise<T[]> {
    return rowsOf<T>(await this.client.execute(query, params));
  }

  async row<T>(query: string, ...params: unknown[]): Promise<T | undefined> {
    return (await this.rows<T>(query, ...params))[0];
  }

  /** Reads what is settled: a conditional write under way is finished or ruled out before. */
  async settledRow<T>(query: string, ...params: unknown[]): Promise<T | undefined> {
    const options = { consistency: consistencies.localSerial };
    return rowsOf<T>(await this.client.execute(query, params, options))[0];
  }

  async write(query: string, ...params: unknown[]): Promise<void> {
    await this.client.execute(query, params);
  }

  /** Writes several things that belong to one partition, or with `logged` to any: all or none. */
  async writeAll(statements: readonly Statement[], { logged = false } = {}): Promise<void> {
    await this.client.batch(mutable(statements), { prepare: true, logged });
  }

  async writeIf<T>(query: string, ...params: unknown[]): Promise<Conditional<T>> {
    return conditional<T>(await this.client.execute(query, params));
  }

  /** Writes several things in one partition if the conditions of all of them hold. */
  async writeAllIf<T>(statements: readonly Statement[]): Promise<Conditional<T>> {
    return conditional<T>(
      await this.client.batch(mutable(statements), { prepare: true, logged: false }),
    );
  }
}

/** Whether the database cannot be used now, as opposed to being asked what it does not know. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof errors.NoHostAvailableError ||
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.BusyConnectionError ||
    (error instanceof errors.ResponseError && OUTAGES.includes(error.code))
  );
}

function rowsOf<T>(result: types.ResultSet): T[] {
  // The driver knows columns at run time alone; this is where their names become types.
  return (result.rows ?? []) as unknown as T[];
}

function conditional<T>(result: types.ResultSet): Conditional<T> {
  const applied = result.wasApplied();
  return { applied, there: applied ? undefined : rowsOf<T>(result)[0] };
}

function mutable(statements: readonly Statement[]): { query: string; params: unknown[] }[] {
  return statements.map(({ query, params }) => ({ query, params: [...params] }));
}
