/** Signing up, signing in, and what a user can see of themselves. */

import type { FastifyInstance } from 'fastify';
import { totalsOf } from '../counting.js';
import { newId, timeOf, type Id } from '../ids.js';
import { hashPassword, isPassword } from '../passwords.js';
import { Problem, unauthorized } from '../problems.js';
import { Credentials } from '../schemas.js';
import { userOfRequest, type Services } from '../services.js';
import { openSession, type User } from '../sessions.js';

interface Row {
  readonly id: Id;
  readonly password_hash: string;
}

const FIND = 'SELECT id, password_hash FROM chat.users WHERE name = ?';
const ADD = 'INSERT INTO chat.users (name, id, password_hash) VALUES (?, ?, ?) IF NOT EXISTS';

export function signingRoutes(app: FastifyInstance, { database }: Services): void {
  async function signedIn(user: User): Promise<unknown> {
    return { user: userJson(user), token: await openSession(database, user) };
  }

  const schema = { body: Credentials };
  app.post<{ Body: Credentials }>('/v1/users', { schema }, async (request, reply) => {
    const { name, password } = request.body;
    const user = { id: newId(), name };
    const taken = new Problem('conflict', 'This name is taken.');
    if (await database.row<Row>(FIND, name)) throw taken;
    const { applied } = await database.writeIf(ADD, name, user.id, await hashPassword(password));
    if (!applied) throw taken;
    return reply.code(201).send(await signedIn(user));
  });

  app.post<{ Body: Credentials }>('/v1/sessions', { schema }, async (request, reply) => {
    const { name, password } = request.body;
    const found = await database.row<Row>(FIND, name);
    const right = await isPassword(password, found?.password_hash);
    if (!found || !right) throw unauthorized('The name or the password is wrong.');
    return reply.code(201).send(await signedIn({ id: found.id, name }));
  });
}

export function userRoutes(app: FastifyInstance, { database }: Services): void {
  app.get('/v1/me', async (request) => userJson(userOfRequest(request)));
  app.get('/v1/usage', async (request) => totalsOf(database, userOfRequest(request).id));
}

function userJson({ id, name }: User): unknown {
  return { id: String(id), name, created_at: timeOf(id) };
}
