import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type ApiServer, startApiServer } from "./data-api/api-server.ts";
import type { Call } from "./data-api/call.ts";
import { callsOf } from "./data-api/calls.ts";
import { compareCalls } from "./data-api/compare-calls.ts";
import { type DashboardFigures, measureDashboards } from "./data-api/dashboards.ts";
import { fillLiveRows } from "./data-api/live-rows.ts";
import { askCold, measureCalls, warmUp } from "./data-api/measure-calls.ts";
import { namedIn } from "./data-api/named.ts";
import { dashboardsLine, type Figure, summaryOf } from "./data-api/report.ts";
import { RUNS } from "./data-api/runs.ts";
import { openQueryStore, type QueryStore, reopenCold } from "./queries/query-store.ts";

const USAGE = `npm run bench:data-api [-- options]

Asks a server every kind of call of the Data API, beside SQL written by hand for the same answer: over 30 days, one at a time, every
request asking the store; and over 24 hours, four at a time, with answers shared, as a server does, and without, which is told
and not judged. Then equal dashboards, one and many.

  --views N       views in 20 environments, half of them in the one asked (default 10000000, some 6 minutes to make)
  --data DIR      where filled stores are kept (default .playhead/bench-queries, as bench:queries)
  --only TEXT     only calls whose name has this in it
  --most N        requests of each kind at the most (default 40)
  --dashboards N  how many equal ones (default 100)
  --seconds N     how long they are looked at (default 60)
  --json          figures as JSON at the end

Ends with 1 when a limit is missed, a call over 30 days takes more than 1.3 times what the SQL takes (and 10 ms), or an answer is
not that of the SQL in the columns that are compared: of keyed values, views and hotspots not all (bench/README.md). What was missed
stands once more at the end.`;

/** Fewer leave days and environments empty. */
const LEAST_VIEWS = 1_000;

interface Options {
  views: number;
  folder: string;
  only: string;
  mostTimes: number;
  dashboards: number;
  seconds: number;
  json: boolean;
}

interface Found {
  differences: readonly string[];
  figures: readonly Figure[];
  dashboards: DashboardFigures;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      views: { type: "string", default: "10000000" },
      data: { type: "string", default: ".playhead/bench-queries" },
      only: { type: "string", default: "" },
      most: { type: "string", default: "40" },
      dashboards: { type: "string", default: "100" },
      seconds: { type: "string", default: "60" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return say(USAGE);
  const [views = 0, mostTimes = 0, dashboards = 0, seconds = 0] = [
    values.views,
    values.most,
    values.dashboards,
    values.seconds,
  ].map(Number);
  if (!Number.isInteger(views) || views < LEAST_VIEWS)
    return refuse(`--views takes a whole number from ${LEAST_VIEWS} on`);
  if (![mostTimes, dashboards, seconds].every((count) => Number.isInteger(count) && count > 0))
    return refuse("--most, --dashboards and --seconds take whole numbers from 1 on");
  const { only, json } = values;
  return run({ folder: resolve(values.data), views, only, mostTimes, dashboards, seconds, json });
}

async function run(options: Options): Promise<number> {
  const storeOptions = { ...options, say };
  let store = await openQueryStore(storeOptions);
  try {
    await fillLiveRows(store.clickhouse);
    const calls = callsOf(await namedIn(store)).filter(({ name }) => name.includes(options.only));
    if (calls.length === 0) return refuse(`no call has "${options.only}" in its name`);
    const differences = await withServer(store, false, (server) => compareCalls(store, server, calls));
    store = await reopenCold(store, storeOptions);
    return verdict({ differences, ...(await measureAll(store, calls, options)) }, options);
  } finally {
    await store.stop();
  }
}

async function measureAll(
  store: QueryStore,
  calls: readonly Call[],
  { mostTimes, dashboards: many, seconds }: Options,
): Promise<Omit<Found, "differences">> {
  const figures: Figure[] = [];
  const measure = async (server: ApiServer, sharesAnswers: boolean) => {
    for (const run of RUNS.filter((each) => each.sharesAnswers === sharesAnswers)) {
      figures.push(...(await measureCalls(store, server, calls, { run, mostTimes, before: figures, say })));
    }
  };
  await withServer(store, false, async (server) => {
    await askCold(server, calls, say);
    await measure(server, false);
  });
  return withServer(store, true, async (server) => {
    await warmUp(server, calls);
    await measure(server, true);
    return { figures, dashboards: await measureDashboards(server, store.pid, { many, seconds }) };
  });
}

async function withServer<T>(
  store: QueryStore,
  sharesAnswers: boolean,
  work: (server: ApiServer) => Promise<T>,
): Promise<T> {
  const server = await startApiServer(store, { sharesAnswers });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

function verdict({ differences, figures, dashboards }: Found, { json, dashboards: many }: Options): number {
  const { lines, missed } = summaryOf(figures);
  const { line, isMissed } = dashboardsLine(many, dashboards);
  if (json) say(JSON.stringify({ figures, dashboards }));
  say(`\n${line}`);
  for (const difference of differences) say(`NOT EQUAL ${difference}`);
  for (const each of lines) say(each);
  say(`${differences.length} answers differ`);
  return missed + differences.length === 0 && !isMissed ? 0 : 1;
}

function refuse(sentence: string): 2 {
  process.stderr.write(`bench/data-api: ${sentence}\n`);
  return 2;
}

function say(line: string): 0 {
  console.log(line);
  return 0;
}

process.exitCode = await main();
