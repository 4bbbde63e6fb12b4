/** Whether the app can be used, and what runs. */

import type { FastifyInstance } from 'fastify';
import { brokerVersion } from '../broker.js';
import type { Services } from '../services.js';
import { Unavailable } from '../problems.js';

const APP = '1.0.0';
const CASSANDRA = 'SELECT release_version FROM system.local';
const TABLES = 'SELECT name FROM chat.users LIMIT 1';

export function systemRoutes(app: FastifyInstance, { settings, database }: Services): void {
  async function cassandra(): Promise<string> {
    const row = await database.row<{ release_version: string }>(CASSANDRA);
    if (row === undefined) throw new Unavailable('cassandra: no version');
    return `Cassandra ${row.release_version}`;
  }
  const kafka = (): Promise<string> => brokerVersion(settings.broker);

  app.get('/healthz', async () => {
    await Promise.all([database.row(TABLES), kafka()]);
    return { status: 'ok' };
  });

  app.get('/version', async () => {
    const parts = { cassandra, kafka };
    const asked = Object.entries(parts).map(async ([name, ask]) => [name, await ask()] as const);
    const said = await Promise.allSettled(asked);
    const components = said.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    return {
      stack: settings.stack,
      app: APP,
      runtime: `Node.js ${process.versions.node}`,
      framework: `Fastify ${app.version}`,
      components: Object.fromEntries(components),
    };
  });
}
