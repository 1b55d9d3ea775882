import { parseArgs } from "node:util";
import { runFuzz } from "./fuzz/fuzz-run.ts";

/**
 * Mutated and random beacons against a real collector while another environment's viewers watch: no crash, every answer
 * 200 (or the connection closed over 4 MiB), the others' numbers exactly right, memory bounded.
 *
 *     node bench/beacon-fuzz.ts [--count 100000] [--seed 1] [--viewers 40]
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    viewers: { type: "string", default: "40" },
  },
});
const MAX_EDGE_MIB = 1_000;
const MAX_VIEWS_MIB = 1_500;

const result = await runFuzz({
  count: Number(values.count),
  seed: Number(values.seed),
  viewers: Number(values.viewers),
  onProgress: (line) => console.log(line),
});
const { control, peakMib } = result;
const kinds = [...result.kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${count} ${kind}`);
console.log(kinds.join(", "));
console.log(`answers: ${[...result.answers].map(([answer, count]) => `${count} × ${answer}`).join(", ")}`);
console.log(`events at the edge: ${result.received} received = ${result.logged} logged + ${result.rejected} rejected`);
console.log(`rejected in the table: ${result.rejectedStored}; rows refused by the store: ${result.refusedRows}`);
console.log(
  `other environment: ${control.views} views, ${control.acknowledged} events acknowledged, ${control.stored} stored`,
);
console.log(
  `  lost ${control.lost}, doubled ${control.doubled}, invented ${control.invented}, views judged ${control.judged}, view rows ${control.viewRows}, figures ${control.figures}, requests failed ${control.failedRequests}`,
);
console.log(`both: ${result.rows.folded} events folded, ${result.rows.stored} rows of these`);
console.log(`memory at most: edge ${peakMib.edge} MiB, views ${peakMib.views} MiB`);

const complaints = [
  ...result.wrong.slice(0, 20),
  ...result.alarms.slice(0, 20),
  ...control.examples,
  ...(result.received === result.logged + result.rejected ? [] : ["events went missing at the edge"]),
  ...(result.rejectedStored === result.rejected ? [] : ["the table does not count what the edge counts"]),
  ...(result.refusedRows === 0 ? [] : ["the store refused rows"]),
  ...control.complaints.map((complaint) => `the other environment: ${complaint}`),
  ...(control.failedRequests === 0 ? [] : ["another environment's requests failed"]),
  ...(peakMib.edge <= MAX_EDGE_MIB && peakMib.views <= MAX_VIEWS_MIB ? [] : ["too much memory"]),
];
for (const complaint of complaints) console.log(`✗ ${complaint}`);
console.log(complaints.length === 0 ? "nothing wrong" : `${complaints.length} things wrong`);
process.exitCode = complaints.length === 0 ? 0 : 1;
