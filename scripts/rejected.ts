import { isRejectionReason, REJECTION_REASONS } from "../domain/messages/rejection-reasons.ts";
import { MAX_SAMPLES_OF_SENDER } from "../domain/messages/sample-caps.ts";
import {
  type RejectedCount,
  readRejectedCounts,
  readRejectedSamples,
  type StoredSample,
} from "../platform/clickhouse/rejected-beacons.ts";
import { runCommand } from "./rejected/run-command.ts";

const USAGE = `npm run rejected -- [options]

  Shows what of beacons was not taken, and why. The dashboard shows an environment its own; what belongs to no environment
  is shown here alone, to who runs the installation.

  --unplaced          only what belongs to no environment
  --environment ID    only what belongs to this one
  --reason REASON     only for this reason
  --since TIME        of the last 30m, 6h, 2d (default 7d, as long as it is kept)
  --limit N           newest samples shown of each environment (default 20)
  --json              everything as JSON, one sample a line
  --data DIR          data folder of the Playhead that runs here (default .playhead)`;

/** Why there are fewer samples than events, where that is so. */
const CAPS = ` (one a request and reason, at most ${MAX_SAMPLES_OF_SENDER} a minute and sender's network; what replay-rejected sends again is not kept again)`;

process.exitCode = await runCommand("rejected", USAGE, async (args, { clickhouse, owners }) => {
  const toMs = Date.now();
  for (const owner of await owners(args)) {
    const scope = { environmentId: owner.number, fromMs: toMs - args.sinceMs, toMs, reason: args.reason };
    const counts = await readRejectedCounts(clickhouse, scope);
    if (counts.length === 0) continue;
    const samples = await readRejectedSamples(clickhouse, scope, { after: null, limit: args.limit });
    if (args.json) for (const sample of samples) console.log(JSON.stringify({ environment: owner.name, ...sample }));
    else {
      console.log(`environment ${owner.name}`);
      for (const one of counts) console.log(countText(one));
      for (const sample of samples) console.log(sampleText(sample));
    }
  }
  return 0;
});

function countText({ reason, count, samples }: RejectedCount): string {
  return `  ${reason}: ${count} counted, ${samples} kept${samples < count ? CAPS : ""}\n    ${remedyOf(reason)}`;
}

function remedyOf(reason: string): string {
  if (!isRejectionReason(reason)) return "";
  const { wrong, remedy } = REJECTION_REASONS[reason];
  return `${wrong} ${remedy}`;
}

function sampleText(sample: StoredSample): string {
  const key = sample.env_key === "" ? "no key" : `key ${JSON.stringify(sample.env_key)}`;
  const whence = `${sample.viewer_address}, ${sample.user_agent === "" ? "no user agent" : sample.user_agent}`;
  const body = sample.is_base64 ? Buffer.from(sample.body, "base64").toString("latin1") : sample.body;
  const text = sample.event === "" ? body : sample.event;
  return [
    `    ${new Date(sample.at_ms).toISOString()} ${sample.reason}, ${key}, ${sample.body_bytes} bytes, ${whence}`,
    `      ${JSON.stringify(text.slice(0, 300))}`, // quoted: control characters of strangers do not reach the terminal
  ].join("\n");
}
