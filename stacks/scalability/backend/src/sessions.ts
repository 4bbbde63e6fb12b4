/** Sessions: random tokens, of which the database knows the digest and whose they are. */

import { randomBytes } from 'node:crypto';
import type { Database } from './database.js';
import type { Id } from './ids.js';
import { digest } from './keys.js';

export interface User {
  readonly id: Id;
  readonly name: string;
}

const TOKEN = /^bearer +([A-Za-z0-9_-]{43})$/i;
const OPEN = 'INSERT INTO chat.sessions (digest, user_id, name) VALUES (?, ?, ?)';
const FIND = 'SELECT user_id, name FROM chat.sessions WHERE digest = ?';

/** Signs a user in and returns the token. */
export async function openSession(database: Database, user: User): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await database.write(OPEN, digest(token), user.id, user.name);
  return token;
}

/** Returns whose token a header `Authorization` holds, if it is anybody's. */
export async function userOf(database: Database, header = ''): Promise<User | undefined> {
  const token = TOKEN.exec(header)?.[1];
  if (token === undefined) return undefined;
  const found = await database.row<{ user_id: Id; name: string }>(FIND, digest(token));
  return found && { id: found.user_id, name: found.name };
}
