/** Puts the app together. */

import type { Server } from 'node:http';
import fastify, { LogController, type FastifyHttpOptions, type FastifyInstance } from 'fastify';
import { burnBefore } from './burning.js';
import { Cursors } from './cursors.js';
import { MEDIA_TYPE, Problem, problemOf, sendProblem, unauthorized } from './problems.js';
import { pathOf, readBodies, readQuery, READ_LIMIT } from './requests.js';
import { conversationRoutes } from './routes/conversations.js';
import { messageRoutes } from './routes/messages.js';
import { searchRoutes } from './routes/search.js';
import { systemRoutes } from './routes/system.js';
import { signingRoutes, userRoutes } from './routes/users.js';
import { openServices } from './services.js';
import { userOf } from './sessions.js';
import type { Settings } from './settings.js';
import { isStorable } from './text.js';

/** Longer than a gateway keeps idle connections, so that the gateway is the one to close. */
const KEEP_ALIVE_MS = 75_000;
/** More than the gateway lets through: four buffers of 32 KiB. */
const MAX_HEADERS = 160 * 1024;

export async function createApp(settings: Settings): Promise<FastifyInstance> {
  const cursors = new Cursors(settings.secret);
  const app = fastify(options(cursors));
  const services = await openServices(settings, cursors, app.log);
  app.addHook('onClose', () => services.close());
  app.decorateRequest('user', null);
  app.setErrorHandler((error, request, reply) =>
    sendProblem(reply, problemOf(error, request.log)),
  );
  burnBefore(app, settings.burnUs);
  refuseUnknown(app);
  readBodies(app);
  systemRoutes(app, services);
  signingRoutes(app, services);
  await app.register(async (inside) => {
    inside.addHook('onRequest', async (request) => {
      request.user = (await userOf(services.database, request.headers.authorization)) ?? null;
      if (request.user === null) throw unauthorized('A valid bearer token is needed.');
    });
    userRoutes(inside, services);
    conversationRoutes(inside, services);
    messageRoutes(inside, services);
    searchRoutes(inside, services);
  });
  return app;
}

function options(cursors: Cursors): FastifyHttpOptions<Server> {
  return {
    logger: { level: 'warn', stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: READ_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    // Requests that come while the app ends are answered, not refused.
    return503OnClosing: false,
    http: { maxHeaderSize: MAX_HEADERS },
    routerOptions: { querystringParser: readQuery, maxParamLength: 1024 },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        formats: {
          storable: isStorable,
          cursor: (text: string) => cursors.isGenuine(text),
        },
      },
    },
    // A path that cannot be decoded.
    frameworkErrors: (_error, _request, reply) => {
      void sendProblem(reply, new Problem('not-found'));
    },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable || (error as NodeJS.ErrnoException).code === 'ECONNRESET') {
        socket.destroy();
        return;
      }
      const body = JSON.stringify(new Problem('malformed').document());
      const head = ['HTTP/1.1 400 Bad Request', `Content-Type: ${MEDIA_TYPE}`, 'Connection: close'];
      const length = `Content-Length: ${Buffer.byteLength(body)}`;
      socket.end([...head, length, '', body].join('\r\n'));
    },
  };
}

/** Refuses paths and methods that there are not, before anything else in a request is looked at. */
function refuseUnknown(app: FastifyInstance): void {
  const known: { path: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`);
    known.push({ path, methods: [method].flat() });
  });
  app.setNotFoundHandler(() => {
    throw new Problem('not-found');
  });
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return;
    const path = pathOf(request);
    const methods = known.flatMap((route) => (route.path.test(path) ? route.methods : []));
    if (methods.length === 0) throw new Problem('not-found');
    const allow = [...new Set(methods)].sort().join(', ');
    throw new Problem('method-not-allowed', '', [], { allow });
  });
}
