import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { compareAnswers } from "./queries/compare-answers.ts";
import { type Kind, kindsOf } from "./queries/kinds.ts";
import type { Measured } from "./queries/measure-asking.ts";
import { answer, measureQuestion } from "./queries/measure-question.ts";
import { openQueryStore, type QueryStore, reopenCold, someView } from "./queries/query-store.ts";
import { questionsOf, RANGES } from "./queries/ranges.ts";

const USAGE = `node bench/queries.ts [options]

Asks every kind of question over 24 hours, four at a time, and over 30 days, beside SQL written by hand for the same answer.

  --views N      views in 20 environments, half of them in the one asked (default 10000000, some 6 minutes to make)
  --data DIR     where filled stores are kept (default .playhead/bench-queries)
  --only TEXT    only kinds whose name has this in it
  --json         figures as JSON at the end

Ends with 1 when a limit is missed or an answer is not that of the SQL written by hand.`;

/** Fewer leave days and environments empty. */
const LEAST_VIEWS = 1_000;

interface Figure {
  kind: string;
  range: string;
  ours: Measured;
  hand: Measured;
  limitMs: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      views: { type: "string", default: "10000000" },
      data: { type: "string", default: ".playhead/bench-queries" },
      only: { type: "string", default: "" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return say(USAGE);
  const views = Number(values.views);
  if (!Number.isInteger(views) || views < LEAST_VIEWS)
    return refuse(`--views takes a whole number from ${LEAST_VIEWS} on`);
  const options = { folder: resolve(values.data), views, say };
  let store = await openQueryStore(options);
  try {
    const kinds = kindsOf(await someView(store)).filter(({ name }) => name.includes(values.only));
    if (kinds.length === 0) return refuse(`no kind of question has "${values.only}" in its name`);
    const differences = await compareAnswers(store, kinds);
    store = await reopenCold(store, options);
    await askCold(store, kinds);
    const figures = await measureAll(store, kinds);
    if (values.json) say(JSON.stringify(figures));
    return verdict(differences, figures);
  } finally {
    await store.stop();
  }
}

/** The first of each kind after a start, no file of the store in memory; later kinds find columns that earlier ones read. */
async function askCold(store: QueryStore, kinds: readonly Kind[]): Promise<void> {
  say("\ncold, ms: 24 h, 30 days");
  for (const kind of kinds) {
    const tookMs: number[] = [];
    for (const range of RANGES) {
      const startedMs = performance.now();
      await answer(store, questionsOf(kind, range).ours);
      tookMs.push(performance.now() - startedMs);
    }
    say(`${tookMs.map((ms) => ms.toFixed(0).padStart(8)).join("")}  ${kind.name}`);
  }
}

async function measureAll(store: QueryStore, kinds: readonly Kind[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const range of RANGES) {
    say(
      `\n${range.name}, ${range.atOnce} at a time; ms: ours p50, p95, CPU; by hand p50, p95, CPU; CPU ratio; limit of p95`,
    );
    for (const kind of kinds) {
      const { ours, hand } = questionsOf(kind, range);
      const figure: Figure = {
        kind: kind.name,
        range: range.name,
        ours: await measureQuestion(store, ours, range.atOnce),
        hand: await measureQuestion(store, hand, range.atOnce),
        limitMs: range.limitMs(kind),
      };
      figures.push(figure);
      say(lineOf(figure));
    }
  }
  return figures;
}

function lineOf({ kind, ours, hand, limitMs }: Figure): string {
  const columns = [ours, hand].flatMap(({ p50Ms, p95Ms, cpuMs }) => [p50Ms, p95Ms, cpuMs]);
  const missed = ours.p95Ms < limitMs ? "" : "  MISSED";
  const ratio = (ours.cpuMs / Math.max(1, hand.cpuMs)).toFixed(2);
  return `${columns.map((ms) => ms.toFixed(0).padStart(6)).join("")}  ×${ratio}  <${limitMs}  ${kind}${missed}`;
}

function verdict(differences: readonly string[], figures: readonly Figure[]): number {
  for (const difference of differences) say(`NOT EQUAL ${difference}`);
  const missed = figures.filter(({ ours, limitMs }) => ours.p95Ms >= limitMs);
  say(
    `\n${figures.length - missed.length} of ${figures.length} within their limits, ${differences.length} answers differ`,
  );
  return missed.length + differences.length === 0 ? 0 : 1;
}

function refuse(sentence: string): 2 {
  process.stderr.write(`bench:queries: ${sentence}\n`);
  return 2;
}

function say(line: string): 0 {
  console.log(line);
  return 0;
}

process.exitCode = await main();
