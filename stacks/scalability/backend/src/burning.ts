/** Burns a known amount of processor time per request, so that it can be seen whether it is found. */

import type { FastifyInstance } from 'fastify';
import { pathOf } from './requests.js';

type Usage = typeof process.cpuUsage;

const SPARED = new Set(['/healthz', '/version']);
/** The CPU clock of this thread; before Node.js 23.9 there is that of the whole process only. */
const usage = (process as { threadCpuUsage?: Usage }).threadCpuUsage ?? process.cpuUsage;

/** Has every request burn so many microseconds first; none are installed for 0. */
export function burnBefore(app: FastifyInstance, microseconds: number): void {
  if (microseconds === 0) return;
  app.addHook('onRequest', (request, _reply, done) => {
    if (!SPARED.has(pathOf(request))) burn(microseconds);
    done();
  });
}

function burn(microseconds: number): void {
  const end = spent() + microseconds;
  while (spent() < end);
}

function spent(): number {
  const { user, system } = usage();
  return user + system;
}
