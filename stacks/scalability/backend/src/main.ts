/** Starts the app: one process, or as many as WORKERS says behind one port. */

import cluster from 'node:cluster';
import { createApp } from './app.js';
import { readSettings, type Settings } from './settings.js';

/** How long an open stream may hold up an end. */
const GRACE_MS = 10_000;
const AGAIN_MS = 500;
const BACKLOG = 4096;

async function serve(settings: Settings): Promise<void> {
  const app = await createApp(settings);
  onEnd(() => {
    setTimeout(() => process.exit(0), GRACE_MS).unref();
    void app.close().then(() => process.exit(0));
  });
  await app.listen({ host: settings.host, port: settings.port, backlog: BACKLOG });
}

/** Starts the workers, and one anew for each that ends; gives up if none can serve at the start. */
function supervise(workers: number): void {
  let ending = false;
  let served = false;
  onEnd(() => {
    ending = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  });
  cluster.on('listening', () => {
    served = true;
  });
  cluster.on('exit', (_worker, code) => {
    const left = Object.keys(cluster.workers ?? {}).length;
    if (ending && left === 0) process.exit(0);
    if (!ending && !served) process.exit(code || 1);
    if (!ending) setTimeout(() => ending || cluster.fork(), AGAIN_MS);
  });
  for (let left = workers; left > 0; left -= 1) cluster.fork();
}

function onEnd(end: () => void): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
}

const settings = readSettings();
if (cluster.isPrimary && settings.workers > 1) supervise(settings.workers);
else await serve(settings);
