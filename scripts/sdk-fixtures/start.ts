import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  type ApiWorld,
  askedRoutes,
  createOneOfEach,
  exampleBody,
  startApiWorld,
} from "../../server/testing/api-world.ts";
import { fillPath } from "./fill-path.ts";

/** The token that the SDK's own tests send. */
const PAIR = `Basic ${Buffer.from("my token id:my secret").toString("base64")}`;
/** Things of which an environment may have only so many, or one of an address. */
const CAPPED = [
  ["/system/v1/webhooks", "webhook_id"],
  ["/system/v1/signing-keys", "signing_key_id"],
  ["/video/v1/playback-restrictions", "playback_restriction_id"],
  ["/video/v1/transcription-vocabularies", "transcription_vocabulary_id"],
] as const;

export interface SdkFixtures {
  origin: string;
  stop(): Promise<void>;
}

/**
 * The server's own routes, with databases of their own, in front of which invented ids become those of things that are there, new
 * ones after every write. A body that the route's schema takes but its rules refuse (the SDK's tests send every field at once) is
 * sent again as the route's example. Listens on loopback alone, since anybody may come in. Rejects when the port is taken.
 *
 * @param port 0: any that is free
 */
export async function startSdkFixtures(port: number): Promise<SdkFixtures> {
  const delivery = createServer((_, response) => response.writeHead(200, { "content-type": "text/plain" }).end("text"));
  const world = await startApiWorld({ deliveryUrl: await listenOnLoopback(delivery, 0) });
  const turn = createTurns(world);
  const front = createServer((request, response) => {
    turn(request).then(
      async (answer) => {
        const headers = [...answer.headers].filter(([name]) => !HOP_BY_HOP.has(name));
        response.writeHead(answer.status, Object.fromEntries(headers)).end(Buffer.from(await answer.arrayBuffer()));
      },
      (error: unknown) => response.writeHead(500).end(`The fixtures failed: ${error}`), // tests show what they are answered
    );
  });
  return {
    origin: await listenOnLoopback(front, port),
    stop: async () => {
      for (const server of [front, delivery]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await world.server.stop();
    },
  };
}

/** Of a connection, not of an answer; the body comes unpacked. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length"]);

/** Requests one after another: what one changes is made anew before the next. */
function createTurns(world: ApiWorld): (request: IncomingMessage) => Promise<Response> {
  const routes = askedRoutes(world.server.routes);
  let { ids } = world;
  let last: Promise<unknown> = Promise.resolve();

  async function answer(request: IncomingMessage): Promise<Response> {
    const method = request.method ?? "GET";
    const [path = "/", query] = (request.url ?? "/").split("?");
    const templates = routes.filter((route) => route.method === method).map((route) => route.path);
    const filled = fillPath(path, templates, ids);
    const body = await text(request);
    const ask = (payload: string) =>
      askWorld(world, { method, url: query ? `${filled}?${query}` : filled, payload }, request);
    const answered = await ask(body);
    const example = exampleOf(world, method, path, templates);
    const isRefused = [400, 422].includes(answered.status);
    const told = isRefused && example?.takes(body) ? await ask(JSON.stringify(example.body)) : answered;
    if (method !== "GET") ids = await makeAnew(world, ids);
    return told;
  }

  return (request) => {
    const mine = last.then(() => answer(request));
    last = mine.catch(() => {});
    return mine;
  };
}

interface Asked {
  method: string;
  /** Path and query. */
  url: string;
  payload: string;
}

function askWorld(
  { server, tokens }: ApiWorld,
  { method, url, payload }: Asked,
  { headers }: IncomingMessage,
): Promise<Response> {
  const authorization = headers.authorization === PAIR ? tokens.full : headers.authorization;
  return fetch(server.origin + url, {
    method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(headers["content-type"] !== undefined && { "content-type": headers["content-type"] }),
    },
    ...(payload !== "" && { body: payload }),
  });
}

/** The body that documents show for a route, and whether its schema takes another; null where there is none. */
function exampleOf({ server }: ApiWorld, method: string, path: string, templates: readonly string[]) {
  const names = Object.fromEntries(
    templates.flatMap((one) => [...one.matchAll(/\{(\w+)\}/g)]).map(([all, name = ""]) => [name, all]),
  );
  const template = fillPath(path, templates, names);
  const body = exampleBody(`${method} ${template}`);
  const route = server.routes.find(({ url, method: one }) => one === method && braced(url) === template);
  const schema = route?.schema?.body as { safeParse(value: unknown): { success: boolean } } | undefined; // schemas of routes are zod's
  if (body === undefined || schema === undefined) return null;
  return { body, takes: (sent: string) => sent !== "" && schema.safeParse(JSON.parse(sent)).success };
}

function braced(url: string): string {
  return url.replaceAll(/:(\w+)/g, "{$1}");
}

async function makeAnew({ server, tokens }: ApiWorld, ids: ApiWorld["ids"]): Promise<ApiWorld["ids"]> {
  const headers = { authorization: tokens.full };
  for (const [path, name] of CAPPED) await fetch(`${server.origin}${path}/${ids[name]}`, { method: "DELETE", headers });
  return createOneOfEach(server, tokens.full);
}

async function listenOnLoopback(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: opened } = server.address() as AddressInfo; // of a TCP server that listens
  return `http://127.0.0.1:${opened}`;
}
