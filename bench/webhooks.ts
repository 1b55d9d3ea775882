import { parseArgs } from "node:util";
import { type ReceiverFigures, runWebhooks } from "./webhooks/webhooks-run.ts";

/**
 * `node bench/webhooks.ts`: 10,000 events to three receivers that take all, one that refuses a fifth by chance and one (or more)
 * that never answers, while the server is killed twice. Every event whose change was acknowledged has to be taken by all but the last, and the first
 * request for it has to come within half a second (p95, also of the worst thousand) at those that take all.
 */
const PROMISE_MS = 500;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "10000" },
    rate: { type: "string", default: "80" },
    hanging: { type: "string", default: "1" },
    kills: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    /** Seconds after the last event. */
    patience: { type: "string", default: "1500" },
  },
});

const { healthy, failing, hanging, tookMs } = await runWebhooks({
  events: Number(values.events),
  perSecond: Number(values.rate),
  kills: Number(values.kills),
  hanging: Number(values.hanging),
  seed: Number(values.seed),
  patienceMs: Number(values.patience) * 1_000,
  say: console.log,
});

console.log(`\n${values.events} events in ${Math.round(tookMs / 1_000)} s, ${values.kills} kills`);
console.log(
  "receiver   requests   taken    lost  again   first request: p50      p95      p99  p95 of the worst 1,000",
);
for (const figures of [...healthy, failing, ...hanging]) console.log(line(figures));
const isWhole = [...healthy, failing].every(({ lost }) => lost === 0);
const isInTime = healthy.every(({ first, worstWindowP95 }) => Math.max(first.p95, worstWindowP95) < PROMISE_MS);
console.log(
  `\nnone lost: ${isWhole ? "kept" : "MISSED"}; first requests p95 < ${PROMISE_MS} ms: ${isInTime ? "kept" : "MISSED"}`,
);
process.exitCode = isWhole && isInTime ? 0 : 1;

function line({ name, requests, taken, lost, repeated, first, worstWindowP95 }: ReceiverFigures): string {
  const counts = `${name.padEnd(9)}${pad(requests, 10)}${pad(taken, 8)}${pad(lost, 8)}${pad(repeated, 7)}`;
  return `${counts}${ms(first.p50, 21)}${ms(first.p95, 9)}${ms(first.p99, 9)}${ms(worstWindowP95, 24)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width);
}

function ms(value: number, width: number): string {
  return `${Math.round(value)} ms`.padStart(width);
}
