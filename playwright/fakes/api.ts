import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { API_DOCUMENT } from "./api-document.ts";
import { makeFilm } from "./film.ts";
import { createFakeVideos, type FakeVideos } from "./videos.ts";

/**
 * The server's dashboard and video API with one person and two environments; every answer can be made to fail. It is the
 * upload, stream and image host besides.
 */
export interface FakeApi {
  url: string;
  /** What arrived, newest last. */
  requests: { method: string; path: string; headers: IncomingMessage["headers"] }[];
  sessions: Set<string>;
  /** Videos of the first environment; the second one has none. */
  videos: FakeVideos;
  set(change: Partial<Behaviour>): void;
  close(): Promise<void>;
}

export interface Behaviour {
  socketUrl: string;
  /** All answers are 503. */
  down: boolean;
  tokenLifetimeMs: number;
}

export const PERSON = { email: "ada@example.com", password: "correct horse battery", name: "Ada Palmer" };
export const THROTTLED_PASSWORD = "again and again";
export const ENVIRONMENTS = [
  { id: "abc123", name: "Production", type: "production", role: "owner", env_key: "k7f3q9w2m5x8" },
  { id: "def456", name: "Staging", type: "development", role: "owner", env_key: "p4d8z1c6v0b3" },
];
const ORGANIZATION = { id: "org1", name: "Northlight Sports" };

export async function startFakeApi(): Promise<FakeApi> {
  const behaviour: Behaviour = { socketUrl: "http://127.0.0.1:1", down: false, tokenLifetimeMs: 300_000 };
  const requests: FakeApi["requests"] = [];
  const sessions = new Set<string>();
  const film = await makeFilm();
  let url = "";
  const videos = createFakeVideos(film, () => url);
  const none = createFakeVideos(film, () => url);
  let made = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "", "http://fake");
    const route = `${request.method} ${path}`;
    requests.push({ method: request.method ?? "", path, headers: request.headers });
    if (await videos.answerPublic(request, response, path)) return;
    if (behaviour.down) return send(response, 503, problem("unavailable", "down"));
    if (route === "GET /docs/openapi.json") return send(response, 200, API_DOCUMENT);
    if (route === "POST /dashboard/v1/sign-in") {
      const { email, password } = JSON.parse(await text(request));
      if (password === THROTTLED_PASSWORD)
        return send(response, 429, problem("rate_limited", "slow"), { "retry-after": "30" });
      if (email !== PERSON.email || password !== PERSON.password)
        return send(response, 401, problem("unauthorized", "no"));
      made += 1;
      const token = `fake-session-${made}-${"s".repeat(32)}`;
      sessions.add(token);
      return send(response, 200, { session_token: token, expires_at: inMs(86_400_000), person: person() });
    }
    const session = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (!sessions.has(session)) return send(response, 401, problem("unauthorized", "no session"));
    if (route === "DELETE /dashboard/v1/session") {
      sessions.delete(session);
      return send(response, 204, undefined);
    }
    if (route === "GET /dashboard/v1/session") {
      const environments = ENVIRONMENTS.map(({ env_key: _, ...environment }) => environment);
      const organizations = [{ ...ORGANIZATION, environments }];
      return send(response, 200, { person: person(), organizations, expires_at: inMs(86_400_000) });
    }
    if (path.startsWith("/video/v1/")) {
      const environment = request.headers["x-playhead-environment"];
      if (ENVIRONMENTS.every(({ id }) => id !== environment))
        return send(response, 404, problem("not_found", "whose?"));
      const { status, body } = await (environment === ENVIRONMENTS[0]?.id ? videos : none).answerApi(
        request,
        path,
        searchParams,
      );
      return send(response, status, body);
    }
    const [, id, rest] = /^\/dashboard\/v1\/environments\/([^/]+)(\/socket-token)?$/.exec(path) ?? [];
    const environment = ENVIRONMENTS.find((one) => one.id === id);
    if (environment === undefined) return send(response, 404, problem("not_found", "not yours"));
    if (rest === undefined) return send(response, 200, { ...environment, organization: ORGANIZATION });
    made += 1;
    const expiresAt = inMs(behaviour.tokenLifetimeMs);
    return send(response, 200, { token: `${id}:${made}`, expires_at: expiresAt, socket_url: behaviour.socketUrl });
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    videos,
    sessions,
    set: (change) => Object.assign(behaviour, change),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await film.dispose();
    },
  };
}

const person = () => ({ id: "p1", email: PERSON.email, name: PERSON.name });
const problem = (type: string, message: string) => ({ error: { type, messages: [message] } });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
