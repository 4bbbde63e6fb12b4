/** What the environment says, read once at start; what is missing ends the start with its name. */

export type Durability = 'none' | 'process' | 'machine';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What every program here needs: where the servers are, and what a write promises. */
export interface Servers {
  readonly database: Address;
  readonly broker: Address;
  readonly durability: Durability;
}

export interface Settings extends Servers {
  readonly stack: string;
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly secret: string;
  readonly model: { readonly url: string; readonly key: string; readonly timeout: number };
  /** Seconds that an answer of the model is kept. */
  readonly answerTtl: number;
  /** Microseconds of processor time that each request burns, to see whether it is found. */
  readonly burnUs: number;
}

export function readServers(): Servers {
  return {
    database: address('DATABASE_URL'),
    broker: address('BROKER_URL'),
    durability: oneOf('DURABILITY', ['none', 'process', 'machine'], 'process'),
  };
}

export function readSettings(): Settings {
  return {
    ...readServers(),
    stack: text('BAKEOFF_STACK', 'scalability'),
    host: text('HOST', '127.0.0.1'),
    port: number('PORT', 8000),
    workers: number('WORKERS', 1),
    secret: text('SECRET_KEY'),
    model: {
      url: text('OPENAI_BASE_URL').replace(/\/+$/, ''),
      key: text('OPENAI_API_KEY'),
      timeout: number('LLM_TIMEOUT', 30),
    },
    answerTtl: number('ANSWER_CACHE_TTL', 3600),
    burnUs: number('BURN_US', 0, 0),
  };
}

function text(name: string, fallback?: string): string {
  const found = process.env[name] || fallback;
  if (found === undefined) throw new Error(`the environment lacks ${name}`);
  return found;
}

function number(name: string, fallback: number, least = Number.MIN_VALUE): number {
  const found = Number(text(name, String(fallback)));
  if (!(found >= least && found < Infinity)) {
    throw new Error(`${name} must be a number ${least === 0 ? 'of 0 or more' : 'greater than 0'}`);
  }
  return found;
}

function oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
  const found = choices.find((choice) => choice === text(name, fallback));
  if (found === undefined) throw new Error(`${name} must be one of ${choices.join(', ')}`);
  return found;
}

function address(name: string): Address {
  const url = new URL(text(name));
  if (!url.hostname || !url.port) throw new Error(`${name} must have a host and a port`);
  return { host: url.hostname, port: Number(url.port) };
}
