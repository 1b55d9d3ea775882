import { afterAll, beforeAll, expect, it } from "vitest";
import { createRandom, deriveSeed } from "../../../domain/simulation/random.ts";
import { answer, askedViews, type Question } from "../../../domain/truth/answer.ts";
import { ASKED, randomLog } from "../../../domain/truth/testing/random-log.ts";
import { basic } from "../../testing/tenant.ts";
import { type DataServer, startDataServer } from "../testing/data-server.ts";
import { bothWays, type KnownView } from "../testing/folded-views.ts";
import { FIELDS, type RandomQuestion, randomQuestion, WIDTHS_MS, ZONES } from "../testing/random-questions.ts";

/** `QUESTIONS_SEED=… vitest run --project integration server/data/v1/questions.int.test.ts` asks the same again. */
const SEED = Number(process.env["QUESTIONS_SEED"] ?? 20_261_126);
const QUESTIONS = Number(process.env["QUESTIONS"] ?? 500);
/** Midnight is in the midst of it. */
const START_MS = Date.UTC(2026, 9, 30, 23, 59, 15);

let server: DataServer;
let views: KnownView[];

beforeAll(async () => {
  const plan = { seed: SEED, viewers: 400, startMs: START_MS, durationMs: 90_000, sane: true };
  const { rows, truth } = bothWays(randomLog(plan));
  views = truth.filter(({ environmentId }) => environmentId === ASKED);
  server = await startDataServer();
  // every view has had another version, which is none of the answer's business
  const earlier = { country: "XX", watchMs: 7, playingMs: 7, counted: true, bot: false };
  await server.store(...rows.map((row) => ({ ...row, version: 0, record: { ...row.record, ...earlier } })));
  await server.store(...rows);
});
afterAll(() => server.stop());

/** A row of an answer: what tells it apart, its number, and the views that hold one. */
interface Told {
  key: string;
  value: number | null;
  views: number;
}

async function send(method: "GET" | "POST", url: string, payload?: object) {
  server.advance(50); // one caller may not ask so often
  const authorization = basic(server.token.tokenId, server.token.tokenSecret);
  const reply = await server.app.inject({ method, url, headers: { authorization }, ...(payload && { payload }) });
  if (reply.statusCode !== 200) throw new Error(`${url} ${JSON.stringify(payload)}: ${reply.body}`);
  return reply.json();
}

const keyOf = (...parts: readonly (string | number | null)[]) => JSON.stringify(parts);

async function ask(question: RandomQuestion): Promise<Told[]> {
  const { grouping } = question;
  const [{ metric }] = question.numbers;
  const query = `?${asParams(question)}`;
  if (grouping.kind === "none") {
    const { data } = await send("GET", `/data/v1/metrics/${metric}/overall${query}`);
    return [{ key: keyOf(), value: data.value, views: data.total_views }];
  }
  if (grouping.kind === "dimension") {
    const { data } = await send(
      "GET",
      `/data/v1/metrics/${metric}/breakdown${query}&limit=100&group_by=${grouping.id}`,
    );
    return data.map(({ field, value, views: held }: { field: string | null; value: number; views: number }) => {
      return { key: keyOf(field), value, views: held };
    });
  }
  if (grouping.kind === "time") {
    const { granularity, timeZone } = grouping;
    const series = `${query}&group_by=${granularity}&time_zone=${timeZone}`;
    const { data } = await send("GET", `/data/v1/metrics/${metric}/timeseries${series}`);
    const points = data.map(([start, value, held]: [string, number | null, number]) => {
      return { key: keyOf(Date.parse(start)), value, views: held };
    });
    return points.filter((point: Told) => point.views > 0);
  }
  return walk(question, grouping);
}

function asParams({ numbers, fromMs, toMs, filters, metricFilters, weighted, includeBots }: RandomQuestion) {
  return new URLSearchParams([
    ["measurement", numbers[0].measurement],
    ["timeframe[]", String(fromMs / 1_000)],
    ["timeframe[]", String(toMs / 1_000)],
    ...filters.map((text) => ["filters[]", text]),
    ...metricFilters.map((text) => ["metric_filters[]", text]),
    ["weighted", String(weighted)],
    ["include_bots", String(includeBots)],
  ]);
}

/** By several dimensions and time, page by page. */
async function walk(question: RandomQuestion, grouping: Extract<RandomQuestion["grouping"], { kind: "both" }>) {
  const payload = {
    metrics: question.numbers.map(({ metric: id, measurement }) => ({ id, measurement })),
    ...{ group_by: grouping.ids, granularity: grouping.granularity, time_zone: grouping.timeZone, limit: 40 },
    ...{ timeframe: [question.fromMs / 1_000, question.toMs / 1_000], filters: question.filters },
    ...{ metric_filters: question.metricFilters, weighted: question.weighted, include_bots: question.includeBots },
  };
  const told: Told[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await send("POST", "/data/v1/query", { ...payload, cursor });
    for (const { time, group, metrics } of page.data) {
      for (const [at, { value, views: held }] of metrics.entries()) {
        if (held > 0)
          told.push({ key: keyOf(at, Date.parse(time), ...grouping.ids.map((id) => group[id])), value, views: held });
      }
    }
    cursor = page.next_cursor;
  }
  return told;
}

/** The same by the reference: views sorted into groups, and each group asked by itself, for one number after the other. */
function expected({ numbers, grouping, ...rest }: RandomQuestion): Told[] {
  return numbers.flatMap(({ metric, measurement }, at) => {
    const question: Question = { ...rest, metric, measurement };
    if (grouping.kind === "none") return [numberOf(keyOf(), views, question)];
    const keys = (view: KnownView) => {
      const fields = (ids: readonly string[]) => ids.map((id) => FIELDS[id]?.(view) || null);
      if (grouping.kind === "dimension") return keyOf(...fields([grouping.id]));
      const start = bucketStart(timeOf(view, metric), grouping);
      return grouping.kind === "time" ? keyOf(start) : keyOf(at, start, ...fields(grouping.ids));
    };
    const groups = Map.groupBy(askedViews(views, question) as KnownView[], keys);
    return [...groups].map(([key, some]) => numberOf(key, some, question)).filter((each) => each.views > 0);
  });
}

function numberOf(key: string, some: readonly KnownView[], question: Question): Told {
  const held = askedViews(some, question).filter(({ values }) => (values[question.metric] ?? null) !== null);
  const count = held.reduce((sum, { sampleRate }) => sum + (question.weighted ? 1 / sampleRate : 1), 0);
  return { key, value: answer(some, question), views: count };
}

/** Of which time a metric goes by, the reference tells by what it finds in one millisecond. */
function timeOf(view: KnownView, metric: string): number {
  const startMs = Math.floor(view.viewStartMs);
  const question = { metric, measurement: "avg", fromMs: startMs, toMs: startMs + 1, includeBots: true } as const;
  const moved = { ...view, viewEndMs: view.viewStartMs - 1_000 };
  return Math.floor(askedViews([moved], question).length === 1 ? view.viewStartMs : view.viewEndMs);
}

function bucketStart(atMs: number, by: { granularity: keyof typeof WIDTHS_MS; timeZone: string }): number {
  const widthMs = WIDTHS_MS[by.granularity];
  const offsetMs = widthMs < WIDTHS_MS.hour ? 0 : (ZONES[by.timeZone] ?? 0) * 60_000;
  return Math.floor((atMs + offsetMs) / widthMs) * widthMs - offsetMs;
}

/** Sums of fractions differ in their last digits; weighted quantiles are of values to 14 binary digits (docs/metrics.md). */
function isSame(told: number | null, truth: number | null, relative: number): boolean {
  if (told === null || truth === null) return told === truth;
  return Math.abs(told - truth) <= Math.abs(truth) * relative;
}

function differences(told: readonly Told[], truth: readonly Told[], { weighted, numbers }: RandomQuestion) {
  const isRough = weighted && numbers.some(({ measurement }) => ["median", "95th"].includes(measurement));
  const relative = isRough ? 2 ** -14 : 1e-9;
  const byKey = new Map(truth.map((each) => [each.key, each]));
  const wrong = told.filter(({ key, value, views: held }) => {
    const right = byKey.get(key);
    return right === undefined || !isSame(value, right.value, relative) || !isSame(held, right.views, 1e-9);
  });
  return told.length === truth.length ? wrong : [...wrong, `${told.length} rows for ${truth.length}`];
}

it(`${QUESTIONS} questions are answered over HTTP as the reference answers them on the same events`, {
  timeout: 300_000,
}, async () => {
  expect(views.length).toBeGreaterThan(500);
  let rows = 0;
  let empty = 0;
  for (let at = 0; at < QUESTIONS; at += 1) {
    const question = randomQuestion(createRandom(deriveSeed(SEED, at)), views);
    const [told, truth] = [await ask(question), expected(question)];
    expect({ question: at, seed: SEED, ...question, found: differences(told, truth, question) }).toMatchObject({
      found: [],
    });
    rows += truth.length;
    empty += truth.every(({ views: held }) => held === 0) ? 1 : 0;
  }
  expect([rows > 3 * QUESTIONS, empty < QUESTIONS / 5], `${rows} rows, ${empty} empty`).toEqual([true, true]);
});
