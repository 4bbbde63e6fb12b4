/** The worker: takes usage events from the log and counts them. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { pino } from 'pino';
import { kafkaAt } from './broker.js';
import { count, settle, type Stored } from './counting.js';
import { Database, isOutage } from './database.js';
import { readServers } from './settings.js';
import { decode, USAGE } from './usage.js';

/** Totals may lag by seconds, and counting many events costs little more than counting one. */
const GATHERING_MS = 200;
const GATHERING_BYTES = 32 * 1024;
const TOGETHER = 200;
const PAUSE_MS = 250;

const log = pino({ level: 'warn' }, pino.destination({ fd: 2, sync: true }));

/** Counts the events of a batch in their order; those behind one that is undecided wait for it. */
async function work(database: Database, payload: EachBatchPayload): Promise<void> {
  const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload;
  let left = batch.messages;
  while (left.length > 0 && isRunning() && !isStale()) {
    const done = await countSome(database, left.slice(0, TOGETHER));
    const last = left[done - 1];
    if (last) resolveOffset(last.offset);
    else await sleep(PAUSE_MS);
    left = left.slice(done);
    await heartbeat();
    await commitOffsetsIfNecessary();
  }
}

/** Counts as many events from the first as are decided, and returns how many those are. */
async function countSome(database: Database, messages: readonly KafkaMessage[]): Promise<number> {
  try {
    const fates = await Promise.all(messages.map((message) => fateOf(database, message)));
    const undecided = fates.indexOf(undefined);
    const decided = undecided < 0 ? fates : fates.slice(0, undecided);
    await count(database, decided.filter((fate) => fate !== undefined && fate !== 'dropped'));
    return decided.length;
  } catch (error) {
    if (!isOutage(error)) throw error;
    log.warn(`events wait for the database: ${String(error)}`);
    return 0;
  }
}

async function fateOf(
  database: Database,
  { value }: KafkaMessage,
): Promise<Stored | 'dropped' | undefined> {
  const event = decode(value);
  if (event) return settle(database, event, log);
  log.error(`dropped what is no event: ${String(value).slice(0, 200)}`);
  return 'dropped';
}

const servers = readServers();
const database = await Database.connect(servers.database);
const consumer = kafkaAt(servers.broker, log).consumer({
  groupId: USAGE,
  minBytes: GATHERING_BYTES,
  maxWaitTimeInMs: GATHERING_MS,
  sessionTimeout: 6_000,
  heartbeatInterval: 1_500,
  rebalanceTimeout: 10_000,
  allowAutoTopicCreation: false,
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void consumer
      .disconnect()
      .then(() => database.close())
      .then(() => process.exit(0));
  });
}
consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (!payload.restart) process.exit(1);
});
await consumer.connect();
await consumer.subscribe({ topic: USAGE, fromBeginning: true });
await consumer.run({
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 4,
  eachBatch: (payload) => work(database, payload),
});
