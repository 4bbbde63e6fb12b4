/** Everything that goes wrong, as problem documents (RFC 9457). */

import type { FastifyBaseLogger, FastifyError, FastifyReply } from 'fastify';
import { isOutage } from './database.js';

const KINDS = {
  malformed: [400, 'The request cannot be read'],
  invalid: [422, 'The request does not fit'],
  unauthorized: [401, 'Sign in first'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'This method cannot be used here'],
  conflict: [409, 'This is taken or under way'],
  'idempotency-mismatch': [422, 'This key came with another body'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  'model-failed': [502, 'The language model failed'],
  unavailable: [503, 'The service cannot be used now'],
  internal: [500, 'Something broke here'],
} as const;

export type Kind = keyof typeof KINDS;

export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export const MEDIA_TYPE = 'application/problem+json';

/** A request that is refused. */
export class Problem extends Error {
  constructor(
    readonly kind: Kind,
    readonly detail = '',
    readonly errors: readonly Fault[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail || KINDS[kind][1]);
  }

  get status(): number {
    return KINDS[this.kind][0];
  }

  document(): Record<string, unknown> {
    return {
      type: `urn:bakeoff:problem:${this.kind}`,
      title: KINDS[this.kind][1],
      status: this.status,
      ...(this.detail && { detail: this.detail }),
      ...(this.errors.length > 0 && { errors: this.errors }),
    };
  }
}

/** Something that the app needs and that does not answer; the reason is for the log only. */
export class Unavailable extends Error {}

/** The model did not answer, not in time, or not with something that can be stored. */
export class ModelFailed extends Error {}

export function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid', '', [{ pointer, detail }]);
}

export function unauthorized(detail: string): Problem {
  return new Problem('unauthorized', detail, [], { 'www-authenticate': 'Bearer' });
}

/** The problem that an error means; what nobody foresaw is logged and means `internal`. */
export function problemOf(error: unknown, log: FastifyBaseLogger): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ModelFailed) {
    log.warn(`the model failed: ${error.message}`);
    return new Problem('model-failed', 'The model did not answer.');
  }
  if (error instanceof Unavailable || isOutage(error)) {
    log.warn(`unavailable: ${String(error)}`);
    return new Problem('unavailable', 'A server that this needs does not answer.');
  }
  const { statusCode = 500, validation, validationContext } = error as Partial<FastifyError>;
  if (validation) return new Problem('invalid', '', validation.map(faultIn(validationContext)));
  if (statusCode < 500) return new Problem(kindOf(statusCode));
  log.error(error);
  return new Problem('internal');
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(MEDIA_TYPE)
    .send(JSON.stringify(problem.document()));
}

function kindOf(status: number): Kind {
  const kinds = Object.keys(KINDS) as Kind[];
  return kinds.find((kind) => KINDS[kind][0] === status) ?? 'malformed';
}

type Violation = NonNullable<FastifyError['validation']>[number];

/** How to name a fault: by its place in a body, by the name of a parameter or header. */
function faultIn(part: string | undefined): (violation: Violation) => Fault {
  return ({ instancePath, params, message }) => {
    const missing = params['missingProperty'];
    const path = typeof missing === 'string' ? `${instancePath}/${missing}` : instancePath;
    const pointer = part === 'body' ? path : named(path.slice(1));
    return { pointer, detail: message ?? 'does not fit' };
  };
}

function named(parameter: string): string {
  return parameter === 'idempotency-key' ? 'Idempotency-Key' : parameter;
}
