/** Keys for signing, one for each purpose, all derived from SECRET_KEY. */

import { createHash, createHmac } from 'node:crypto';

export function keyFor(secret: string, purpose: string): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}

export function seal(key: Buffer, bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
