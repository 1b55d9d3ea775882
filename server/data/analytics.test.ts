import { expect, it, vi } from "vitest";
import { z } from "zod";
import { type ClickHouse, ClickHouseError, type QueryOptions } from "../../platform/clickhouse/clickhouse.ts";
import { type AnalyticsOptions, createAnalytics } from "./analytics.ts";

const Row = z.object({ n: z.number() });
const options = { name: "test", keepMs: 1_000 };
const about = (environmentId: number) => ({ sql: "SELECT n", params: { environmentId } });

function store(analyticsOptions: AnalyticsOptions = {}) {
  const asked: PromiseWithResolvers<unknown[]>[] = [];
  const clickhouse = {
    query: (_sql: string, _params: unknown, _row: unknown, { signal }: QueryOptions) => {
      const answer = Promise.withResolvers<unknown[]>();
      signal?.addEventListener("abort", () => answer.reject(new Error("aborted")));
      asked.push(answer);
      return answer.promise;
    },
  } as unknown as ClickHouse;
  let nowMs = 0;
  return {
    asked,
    analytics: createAnalytics(clickhouse, () => nowMs, analyticsOptions),
    pass: (ms: number) => (nowMs += ms),
  };
}

it("asks once for all who want to know the same, at the same time and a moment later, and then anew", async () => {
  const { asked, analytics, pass } = store();
  const answers = [1, 2, 3].map(() => analytics.ask(about(1), Row, options));
  asked[0]?.resolve([{ n: 7 }]);
  expect(await Promise.all(answers)).toEqual([[{ n: 7 }], [{ n: 7 }], [{ n: 7 }]]);
  pass(999);
  expect(await analytics.ask(about(1), Row, options)).toEqual([{ n: 7 }]);
  expect(asked).toHaveLength(1);
  pass(1);
  void analytics.ask(about(1), Row, options);
  expect(asked).toHaveLength(2);
});

it("asks for each where it is told to, at the same time and a moment later", async () => {
  const { asked, analytics } = store({ alwaysAsks: true });
  const answers = [1, 2].map(() => analytics.ask(about(1), Row, options));
  asked[0]?.resolve([{ n: 1 }]);
  asked[1]?.resolve([{ n: 2 }]);
  expect(await Promise.all(answers)).toEqual([[{ n: 1 }], [{ n: 2 }]]);
  void analytics.ask(about(1), Row, options);
  expect(asked).toHaveLength(3);
});

it("shares nothing between environments", async () => {
  const { asked, analytics } = store();
  const [one, other] = [analytics.ask(about(1), Row, options), analytics.ask(about(2), Row, options)];
  asked[0]?.resolve([{ n: 1 }]);
  asked[1]?.resolve([{ n: 2 }]);
  expect([await one, await other]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
});

it("keeps no failure", async () => {
  const { asked, analytics } = store();
  const [one, other] = [analytics.ask(about(1), Row, options), analytics.ask(about(1), Row, options)];
  asked[0]?.reject(new Error("away"));
  await expect(one).rejects.toThrow("away");
  await expect(other).rejects.toThrow("away");
  const again = analytics.ask(about(1), Row, options);
  asked[1]?.resolve([{ n: 3 }]);
  expect(await again).toEqual([{ n: 3 }]);
});

it("lets few work at once, many wait in order, and sends the rest away", async () => {
  const { asked, analytics } = store();
  const answers = Array.from({ length: 204 }, (_, at) => analytics.ask(about(at), Row, options));
  await expect(analytics.ask(about(999), Row, options)).rejects.toMatchObject({ type: "unavailable" });
  expect(asked).toHaveLength(4);
  asked[1]?.reject(new Error("away"));
  await expect(answers[1]).rejects.toThrow("away");
  await Promise.resolve();
  expect(asked).toHaveLength(5);
  for (let at = 0; at < 204; at += 1) {
    asked[at]?.resolve([{ n: at }]);
    await answers[at]?.catch(() => undefined);
  }
  expect(await answers[203]).toEqual([{ n: 203 }]);
});

it("gives every environment its turn, however much another asks", async () => {
  const { asked, analytics } = store();
  const answers = Array.from({ length: 100 }, (_, at) => {
    return analytics.ask({ sql: `SELECT ${at}`, params: { environmentId: 1 } }, Row, options);
  });
  await expect(analytics.ask(about(1), Row, options)).rejects.toMatchObject({ type: "rate_limited" });
  const other = analytics.ask(about(2), Row, options);
  expect(asked).toHaveLength(4); // three of the one, and the other's at once
  asked[3]?.resolve([{ n: 2 }]);
  expect(await other).toEqual([{ n: 2 }]);
  asked[0]?.resolve([{ n: 1 }]);
  await answers[0];
  await vi.waitFor(() => expect(asked).toHaveLength(5));
});

it("asks no more for those who have left, unless others wait for the same", async () => {
  const { asked, analytics } = store();
  const [one, two] = [new AbortController(), new AbortController()];
  const asking = (signal: AbortSignal, environmentId: number) => {
    const { promise, resolve } = Promise.withResolvers<readonly unknown[]>();
    analytics.askingUntil(signal, async () => resolve(analytics.ask(about(environmentId), Row, options)));
    return promise;
  };
  const left = [asking(one.signal, 1), asking(one.signal, 2), asking(one.signal, 3)];
  const stays = asking(two.signal, 3);
  const inLine = [4, 5, 6].map((environmentId) => asking(one.signal, environmentId));
  expect(asked).toHaveLength(4);
  one.abort(new Error("left"));
  for (const answer of [...left, ...inLine]) await expect(answer).rejects.toThrow("left");
  await expect(asked[0]?.promise).rejects.toThrow("aborted");
  expect(asked).toHaveLength(4);
  asked[2]?.resolve([{ n: 3 }]);
  expect(await stays).toEqual([{ n: 3 }]);
});

it("keeps no more questions than it has room for, though they have no answer", async () => {
  const { asked, analytics } = store();
  for (let at = 0; at < 400; at += 1) {
    const answer = analytics.ask({ sql: `${at}${"x".repeat(100_000)}`, params: {} }, Row, {
      name: "test",
      keepMs: 1e6,
    });
    asked[at]?.resolve([]);
    await answer;
  }
  void analytics.ask({ sql: `399${"x".repeat(100_000)}`, params: {} }, Row, options);
  expect(asked).toHaveLength(400);
  void analytics.ask({ sql: `0${"x".repeat(100_000)}`, params: {} }, Row, options);
  expect(asked).toHaveLength(401);
});

it("tells who asks for too much to ask for less, instead of coming again", async () => {
  const { asked, analytics } = store();
  const answers = [about(1), { sql: "SELECT n", params: {} }].map((question) => analytics.ask(question, Row, options));
  for (const { reject } of asked) reject(new ClickHouseError("too slow", 159, true));
  await expect(answers[0]).rejects.toMatchObject({ type: "statement_too_costly" });
  await expect(answers[1]).rejects.toMatchObject({ retriable: true });
});
