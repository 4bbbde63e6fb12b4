/** Kafka: the client that app, worker and migration share, and what the broker says it is. */

import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import { Unavailable } from './problems.js';
import type { Address } from './settings.js';

const TIMEOUT_MS = 2_000;
const API_VERSIONS = 18;

export function kafkaAt(at: Address, log: Pick<Logger, 'warn'>): Kafka {
  return new Kafka({
    clientId: 'chat',
    brokers: [`${at.host}:${at.port}`],
    connectionTimeout: TIMEOUT_MS,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.WARN,
    // What it calls an error it tries again; what becomes of that is told by whoever waits for it.
    logCreator: () => ({ log: { message, error } }) => {
      log.warn(`kafka: ${message}${error ? `: ${String(error)}` : ''}`);
    },
  });
}

/**
 * The newest format of metadata that the broker can write. There is no request for its version.
 *
 * Asked by ApiVersions version 3 (KIP-511, KIP-584), which kafkajs does not know; throws
 * Unavailable.
 */
export async function brokerVersion(at: Address): Promise<string> {
  const level = levelIn(await exchange(at, request()));
  return `Kafka (metadata.version ${level})`;
}

function request(): Buffer {
  const client = Buffer.from('chat');
  const head = Buffer.alloc(8);
  head.writeInt16BE(API_VERSIONS, 0);
  head.writeInt16BE(3, 2);
  // The name of the client: in the head with two bytes of length, in the body, which is compact,
  // with its length plus one; so is its version. A zero is "no tagged fields".
  const named = Buffer.concat([Buffer.from([0, client.length]), client, Buffer.from([0])]);
  const compact = Buffer.concat([Buffer.from([client.length + 1]), client]);
  const message = Buffer.concat([head, named, compact, Buffer.from([2, 0x31, 0])]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(message.length);
  return Buffer.concat([size, message]);
}

function exchange({ host, port }: Address, sent: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let came = Buffer.alloc(0);
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Unavailable(`kafka: ${why}`));
    };
    socket.setTimeout(TIMEOUT_MS, () => fail('no answer in time'));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('closed the connection'));
    socket.on('connect', () => socket.write(sent));
    socket.on('data', (piece) => {
      came = Buffer.concat([came, piece]);
      if (came.length < 4 || came.length < 4 + came.readInt32BE(0)) return;
      resolve(came.subarray(4));
      socket.destroy();
    });
  });
}

/** The highest supported level of `metadata.version` in an answer to ApiVersions version 3. */
function levelIn(answer: Buffer): number {
  const name = Buffer.from('\x11metadata.version', 'latin1'); // its length plus one comes first
  const at = answer.indexOf(name);
  if (at < 0) throw new Unavailable('kafka: no metadata.version in its answer');
  return answer.readInt16BE(at + name.length + 2); // after the lowest level
}
