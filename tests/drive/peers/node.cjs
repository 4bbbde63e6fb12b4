// The routes that real servers are asked for, for Node.js: `node node.cjs PORT`.
"use strict";
const http = require("node:http");

const LARGE = Buffer.alloc(16 * 65_536, "0123456789abcdef");
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

async function pieces(response, type, parts) {
  response.writeHead(200, { "Content-Type": type });
  for (const part of parts) {
    response.write(part);
    await pause();
  }
  response.end();
}

function answer(response, status, body, headers = {}) {
  const length = status === 204 ? {} : { "Content-Length": body.length };
  response.writeHead(status, { "Content-Type": "text/plain", ...length, ...headers });
  response.end(body);
}

const server = http.createServer(async (request, response) => {
  let length = 0;
  for await (const part of request) length += part.length;
  switch (request.url) {
    case "/events":
      return pieces(response, "text/event-stream", [0, 1, 2].map((n) => `event: token\ndata: ${n}\n\n`));
    case "/pieces":
      return pieces(response, "text/plain", ["one ", "two ", "three"]);
    case "/empty":
      return answer(response, 204, "");
    case "/unchanged":
      return answer(response, 304, "");
    case "/large":
      return answer(response, 200, LARGE);
    case "/last":
      return answer(response, 200, "bye", { Connection: "close" });
    case "/echo":
      return answer(response, 200, String(length));
    case "/hints":
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      return answer(response, 200, String(request.socket.remotePort));
    case "/port":
      return answer(response, 200, String(request.socket.remotePort));
    default:
      return answer(response, 404, "nothing here");
  }
});
server.keepAliveTimeout = 1000;
server.listen(Number(process.argv[2]), "127.0.0.1");
