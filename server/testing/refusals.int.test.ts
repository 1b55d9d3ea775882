import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_ERRORS } from "../../domain/errors.ts";
import { newAccessTokenSecret } from "../auth/secrets.ts";
import { BODY_EXAMPLES } from "../openapi/body-examples.ts";
import { type ApiWorld, type AskedRoute, askedRoutes, startApiWorld } from "./api-world.ts";
import { basic } from "./tenant.ts";
import { startTestServer } from "./test-server.ts";
import { caller } from "./video.ts";

/** Parts of paths that name nobody's property, with what they may be. All others are a tenant's ids. */
const PUBLIC_PARTS: Readonly<Record<string, string>> = {
  metric_id: "video_startup_time",
  monitoring_metric_id: "current-concurrent-viewers",
  dimension_id: "country",
  dimension_name: "video_source_height",
  subview_type: "rendition",
  error_type_id: "1234567",
  code: "4",
};
/** Parts that may be any text: nothing is malformed there. */
const FREE_TEXT = "{code}";
/** URLs that are signed as a whole: what was changed in them is 403. */
const SIGNED = /^\/exports\//;
/** What no id can be: some no URL can hold, some no store should ever be asked for. */
const MALFORMED = [
  "%00",
  "'--",
  "%00'--",
  "a".repeat(300),
  "..%2f..%2fetc",
  "%F0%9F%8E%AC",
  "%20",
  "-1",
  "%E2%82",
  "1e9999",
];
const MEBIBYTE = 1_048_576;
const QUERIES = {
  "one long value": `filters[]=country:${"x".repeat(MEBIBYTE)}`,
  "many values": "filters[]=country:US&".repeat(MEBIBYTE / 21),
  "many names": Array.from({ length: MEBIBYTE / 12 }, (_, at) => `k${at}=1`).join("&"),
};

/** The routes of a server that was built for nothing else, since tests are listed before anything can be awaited in them. */
const routes = await listRoutes();
const isPublicApi = ({ path }: AskedRoute) => /^\/(data|video|system)\/v1\//.test(path);
const GUARDED = routes.filter(isPublicApi);
const WRITES = GUARDED.filter(({ permission }) => permission?.endsWith(":write"));
const WITH_IDS = routes.filter(({ path }) => path.includes("{") && !path.includes(FREE_TEXT));

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.server.stop());

const named = (list: readonly AskedRoute[]) => list.map((route) => [`${route.method} ${route.path}`, route] as const);

async function ask(route: AskedRoute, authorization: string | undefined, url = filled(route)) {
  const answer = await caller(world.server, authorization)(
    route.method,
    url,
    BODY_EXAMPLES[`${route.method} ${route.path}`],
  );
  expect(answer.statusCode, answer.body).toBeLessThan(500);
  if (answer.statusCode >= 400) expectError(answer.statusCode, answer.body);
  return answer;
}

/** A failed answer is one of the documented ones, with its own status. */
function expectError(status: number, body: string): void {
  const { error } = JSON.parse(body) as { error: { type: keyof typeof API_ERRORS; messages: string[] } };
  expect([API_ERRORS[error.type], error.messages.length > 0]).toEqual([status, true]);
}

function filled({ path }: AskedRoute): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PUBLIC_PARTS[name] ?? world.ids[name] ?? "nobodys");
}

it("finds the routes that the server has", () => {
  const of = (product: string) => GUARDED.filter(({ path }) => path.startsWith(`/${product}/`)).length;
  expect([of("data") > 40, of("video") > 60, of("system") > 5, WRITES.length > 40]).toEqual([true, true, true, true]);
});

describe.each(named(GUARDED))("%s", (_, route) => {
  it("is 401 without a token, with a wrong secret, a revoked token or an unknown session", async () => {
    const { revoked } = world.tokens;
    const wrong = basic(world.server.token.tokenId, newAccessTokenSecret());
    for (const authorization of [undefined, wrong, revoked, `Bearer ${"A".repeat(43)}`, "Basic ???", "Digest x"]) {
      const answer = await ask(route, authorization);
      expect([answer.statusCode, answer.json().error.type]).toEqual([401, "unauthorized"]);
      expect(answer.headers["www-authenticate"]).toContain("Basic");
    }
  });

  it("gives another environment's token nothing of this one", async () => {
    const answer = await ask(route, world.tokens.stranger);
    const mine = Object.values(world.ids).filter((id) => id.length > 8); // a number may stand anywhere
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].some(([, name]) => PUBLIC_PARTS[name ?? ""] === undefined);
    if (inPath) expect([answer.statusCode, answer.json().error.type]).toEqual([404, "not_found"]);
    else expect(mine.filter((id) => answer.body.includes(id))).toEqual([]);
  });
});

describe.each(named(WRITES))("%s", (_, route) => {
  it("is 403 with a token that may only read", async () => {
    const answer = await ask(route, world.tokens.reader);
    expect([answer.statusCode, answer.json().error.type]).toEqual([403, "forbidden"]);
    expect(answer.json().error.messages[0]).toContain(route.permission);
  });
});

describe.each(named(WITH_IDS))("%s", (_, route) => {
  it.each(MALFORMED)("is 400, 401 or 404 with an id like %s", async (malformed) => {
    const url = route.path.replaceAll(/\{\w+\}/g, malformed);
    const answer = await ask(route, world.tokens.full, url);
    expect([400, 401, 404, ...(SIGNED.test(route.path) ? [403] : [])]).toContain(answer.statusCode);
  });
});

describe.each(named(routes))("%s", (_, route) => {
  it.each(Object.entries(QUERIES))("survives a query of 1 MB: %s", async (_kind, query) => {
    // without a token first: who may not come in costs nothing; then as a reader, who changes nothing
    for (const authorization of [undefined, world.tokens.reader])
      await ask(route, authorization, `${filled(route)}?${query}`);
  });
});

describe("over a socket", () => {
  it("a URL of 1 MB is 431 with a body that says so", async () => {
    const { hostname, port } = new URL(world.server.origin);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /data/v1/dimensions?${QUERIES["one long value"]} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(head).toContain("content-type: application/json");
    expectError(431, body);
  });

  it("what is no HTTP is 400 with a body that says so", async () => {
    const { hostname, port } = new URL(world.server.origin);
    const socket = connect(Number(port), hostname);
    socket.write("HELLO\r\n\r\n");
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expectError(400, body);
  });
});

async function listRoutes(): Promise<AskedRoute[]> {
  const server = await startTestServer({ databaseUrl: "postgres://nobody@127.0.0.1:1/none" });
  await server.stop();
  return askedRoutes(server.routes);
}
