import { parseArgs } from "node:util";
import { complaintsOf } from "./media-fuzz/complaints.ts";
import { runMediaFuzz } from "./media-fuzz/media-fuzz-run.ts";

/**
 * Spoilt, disguised and hostile files, uploaded to a real server: each ends ready or errored within 30 s, with a type and a message;
 * nothing crashes, connects anywhere or opens what is none of its own.
 *
 *     node bench/media-fuzz.ts [--count 2000] [--seed 1] [--traced 200] [--from 0]
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    traced: { type: "string", default: "200" },
    from: { type: "string", default: "0" },
    verbose: { type: "boolean", default: false },
  },
});

const stop = new AbortController();
process.once("SIGINT", () => stop.abort()); // what was taken in until then is judged

const result = await runMediaFuzz({
  signal: stop.signal,
  count: Number(values.count),
  seed: Number(values.seed),
  traced: Number(values.traced),
  from: Number(values.from),
  onProgress: (line) => console.log(line),
});
const { files, processes, trace } = result;
if (values.verbose) for (const file of files) console.log(JSON.stringify(file));
const ready = files.filter(({ status }) => status === "ready");
const errored = files.filter(({ status }) => status === "errored");
const seconds = files.map((file) => file.seconds).sort((a, b) => a - b);
const at = (share: number): string =>
  (seconds[Math.min(seconds.length - 1, Math.floor(share * seconds.length))] ?? 0).toFixed(1);
const messages = new Map<string, number>();
for (const { error } of errored) {
  const text = error?.messages.join(" ").replace(/\d+/g, "N") ?? "no message";
  messages.set(text, (messages.get(text) ?? 0) + 1);
}
for (const [text, count] of [...messages].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(5)} × ${text}`);
console.log(`${files.length} files: ${ready.length} ready, ${errored.length} errored`);
const unmade = ready.filter(({ played }) => played.includes("503")).length;
console.log(`of the ready ones, ${unmade} have a segment or picture that cannot be made (503)`);
console.log(`last byte to ready or errored: p50 ${at(0.5)} s, p99 ${at(0.99)} s, most ${at(1)} s`);
console.log(
  `${processes.seen} processes looked at, most address space ${processes.peakMib} MiB; transcoder ${result.transcoderMib} MiB`,
);
console.log(
  trace === null ? "no strace here" : `strace: ${trace.runs} runs, ${trace.opens} opens, ${trace.wrong.length} wrong`,
);

const complaints = complaintsOf(result);
for (const complaint of complaints.slice(0, 60)) console.log(`✗ ${complaint}`);
console.log(complaints.length === 0 ? "nothing wrong" : `${complaints.length} things wrong`);
process.exitCode = complaints.length === 0 ? 0 : 1;
