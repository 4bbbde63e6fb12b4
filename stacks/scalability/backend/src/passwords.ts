/** Passwords: Argon2id in libuv's threads, at OWASP's smallest recommended cost. */

import { hash, verify } from '@node-rs/argon2';

const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

let nobody: Promise<string> | undefined;

/** What to store of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Whether a password is the stored one; takes as long when nothing is stored. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  nobody ??= hashPassword('nobody');
  const same = await verify(stored ?? (await nobody), password);
  return same && stored !== undefined;
}
