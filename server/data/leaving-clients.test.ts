import Fastify from "fastify";
import { expect, it } from "vitest";
import { z } from "zod";
import type { ClickHouse, QueryOptions } from "../../platform/clickhouse/clickhouse.ts";
import type { App } from "../http/app.ts";
import { createAnalytics } from "./analytics.ts";
import { endQuestionsOfLeaving } from "./leaving-clients.ts";

it("ends what a client asked that has left, also behind the body of its request", async () => {
  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const query = (_sql: string, _params: unknown, _row: unknown, { signal }: QueryOptions) => {
    asked.resolve();
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => {
        ended.resolve();
        reject(new Error("aborted"));
      });
    });
  };
  const analytics = createAnalytics({ query } as unknown as ClickHouse, () => 0);
  const app = Fastify() as unknown as App;
  endQuestionsOfLeaving(app, analytics);
  app.post("/", async () => {
    await Promise.resolve();
    return analytics.ask({ sql: "SELECT 1", params: {} }, z.unknown(), { name: "test", keepMs: 0 });
  });
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const leaving = new AbortController();
  const headers = { "content-type": "application/json" };
  const answer = fetch(origin, { method: "POST", headers, body: '{"a":1}', signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await expect(answer).rejects.toThrow();
  await ended.promise;
  await app.close();
});
