/** Makes the tables and the topic, those that are not there yet; waits for servers to answer. */

import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Kafka } from 'kafkajs';
import { pino } from 'pino';
import { kafkaAt } from './broker.js';
import { Database, isOutage } from './database.js';
import { STATEMENTS } from './schema.js';
import { readServers } from './settings.js';
import { USAGE } from './usage.js';

const TRIES = 30;
const PAUSE_MS = 1_000;
/** A user's events are in one partition; each can have a worker of its own. */
const PARTITIONS = 6;

const log = pino({ level: 'warn' }, pino.destination({ fd: 2, sync: true }));

async function retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      const away = isOutage(error) || error instanceof kafkajs.KafkaJSError;
      if (left === 0 || !away) throw error;
      log.warn(`${what} is tried again: ${String(error)}`);
      await sleep(PAUSE_MS);
    }
  }
}

async function makeTopic(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(USAGE)) return;
    const topic = { topic: USAGE, numPartitions: PARTITIONS, replicationFactor: 1 };
    await admin.createTopics({ topics: [topic], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

const servers = readServers();
const database = await retried('connecting to Cassandra', () => Database.connect(servers.database));
for (const statement of STATEMENTS) {
  await retried('a table', () => database.define(statement));
}
await database.close();
await retried('the topic', () => makeTopic(kafkaAt(servers.broker, log)));
