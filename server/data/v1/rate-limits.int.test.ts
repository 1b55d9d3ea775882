import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../testing/tenant.ts";
import { caller } from "../../testing/video.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";

const OVERALL = "/data/v1/metrics/views/overall";
const RATE = { perSecond: 0.5, burst: 3 };

let server: DataServer;
beforeAll(async () => {
  server = await startDataServer({ rate: RATE });
});
afterAll(() => server.stop());

/** A token with its whole burst. */
async function fresh() {
  const authorization = await createToken(server.db, server.environmentId, ["data:read"]);
  const ask = caller(server, authorization);
  return async (path = OVERALL) => {
    const { statusCode, headers, body } = await ask("GET", path);
    const number = (name: string) => (headers[name] === undefined ? null : Number(headers[name]));
    return {
      status: statusCode,
      limit: number("x-ratelimit-limit"),
      remaining: number("x-ratelimit-remaining"),
      reset: number("x-ratelimit-reset"),
      retryAfter: number("retry-after"),
      body: JSON.parse(body),
    };
  };
}

describe("rates of /data/v1", () => {
  it("are told with every answer", async () => {
    const ask = await fresh();
    expect(await ask()).toMatchObject({ status: 200, limit: 3, remaining: 2, reset: 2, retryAfter: null });
    expect(await ask(`${OVERALL}?measurement=mean`)).toMatchObject({ status: 400, limit: 3, remaining: 1, reset: 4 });
    expect(await ask("/data/v1/metrics/speed/overall")).toMatchObject({
      status: 404,
      limit: 3,
      remaining: 0,
      reset: 6,
    });
  });

  it("refuse with 429 and the time to wait, after which one more is let in", async () => {
    const ask = await fresh();
    for (let at = 0; at < RATE.burst; at += 1) await ask();
    const refused = await ask();
    expect(refused).toMatchObject({ status: 429, remaining: 0, retryAfter: 2 });
    expect(refused.body.error.type).toBe("rate_limited");
    server.advance(1_900);
    expect((await ask()).status).toBe(429);
    server.advance(100);
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  it("are counted for each token of its own, and only for callers that are known", async () => {
    const [one, other] = [await fresh(), await fresh()];
    for (let at = 0; at <= RATE.burst; at += 1) await one();
    expect([(await one()).status, (await other()).status]).toEqual([429, 200]);
    const { headers } = await server.app.inject({ url: OVERALL });
    expect(headers["x-ratelimit-limit"]).toBeUndefined();
  });

  it("make the SDK wait and go on", async () => {
    const { tokenId, tokenSecret } = server.token;
    const statuses: number[] = [];
    const mux = new Mux({
      tokenId,
      tokenSecret,
      baseURL: server.origin,
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        statuses.push(answer.status);
        if (answer.status === 429) server.advance(Number(answer.headers.get("retry-after")) * 1_000); // as time would
        return answer;
      },
    });
    for (let at = 0; at <= RATE.burst; at += 1) await mux.data.metrics.getOverallValues("views");
    expect(statuses).toEqual([200, 200, 200, 429, 200]);
  });
});
