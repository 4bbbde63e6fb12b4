/** Publishes usage events; those that come while others are on their way go together. */

import { Partitioners, type Kafka, type Message, type Producer } from 'kafkajs';
import { Unavailable } from './problems.js';
import type { Durability } from './settings.js';
import { encode, USAGE, type Usage } from './usage.js';

interface Waiting {
  readonly message: Message;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const TIMEOUT_MS = 5_000;

export class Publisher {
  private waiting: Waiting[] = [];
  private busy = false;

  private constructor(
    private readonly producer: Producer,
    private readonly acks: number,
  ) {}

  static async connect(kafka: Kafka, durability: Durability): Promise<Publisher> {
    const confirmed = durability !== 'none';
    const producer = kafka.producer({
      idempotent: confirmed,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return new Publisher(producer, confirmed ? -1 : 0);
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }

  /** Resolves when the broker has an event; throws Unavailable when that takes too long. */
  publish(event: Usage): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Unavailable('kafka: an event was not confirmed in time'));
      }, TIMEOUT_MS);
      this.waiting.push({
        message: { key: String(event.user), value: encode(event) },
        resolve: () => (clearTimeout(late), resolve()),
        reject: (reason) => (clearTimeout(late), reject(reason)),
      });
      void this.sendWaiting();
    });
  }

  private async sendWaiting(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length > 0) {
      const together = this.waiting;
      this.waiting = [];
      try {
        const messages = together.map(({ message }) => message);
        await this.producer.send({ topic: USAGE, acks: this.acks, messages });
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(new Unavailable(`kafka: ${String(error)}`));
      }
    }
    this.busy = false;
  }
}
