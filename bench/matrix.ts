import { parseArgs } from "node:util";
import { FOUND_SOURCES, LONG_SOURCES } from "./matrix/found-sources.ts";
import { runMatrix } from "./matrix/matrix-run.ts";
import { NUMBERED_SOURCES } from "./matrix/numbered-sources.ts";
import { refusedSources } from "./matrix/refused-sources.ts";
import { lineOf, tableOf } from "./matrix/report.ts";

/**
 * Files of every kind, made here and by others, taken in by the real API of a running stack: each ends ready or errored with the right
 * reason; every rendition of its HLS is played, and held against the file picture by picture, against one continuous encode, and by
 * its sound.
 *
 *     node bench/matrix.ts [--only TEXT]…
 *
 * `--only`: files whose family or name has this in it, or another of these.
 */
const { values } = parseArgs({ options: { only: { type: "string", multiple: true, default: [""] } } });

// what takes longest begins first
const all = [...LONG_SOURCES, ...NUMBERED_SOURCES, ...FOUND_SOURCES, ...(await refusedSources())];
const sources = all.filter(({ family, name }) => values.only.some((text) => `${family}: ${name}`.includes(text)));
const alarms: string[] = [];
let done = 0;
const judged = await runMatrix({
  sources,
  onAlarm: (line) => alarms.push(line),
  onJudged: (one) => {
    done += 1;
    console.log(`${done}/${sources.length} ${lineOf(one)}`);
  },
});
const wrong = judged.filter(({ complaints }) => complaints.length > 0);
console.log("");
for (const alarm of alarms.slice(0, 3)) console.log(`✗ ${alarm}`);
for (const one of wrong.slice(0, 8)) console.log(lineOf(one));
for (const line of tableOf(judged)) console.log(line);
console.log(
  wrong.length + alarms.length === 0
    ? "nothing wrong"
    : `${wrong.length} files and ${alarms.length} lines of logs are wrong`,
);
process.exitCode = judged.length > 0 && wrong.length + alarms.length === 0 ? 0 : 1;
