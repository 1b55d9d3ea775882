import { resolve } from "node:path";
import { isRejectionReason, REJECTION_REASONS } from "../domain/messages/rejection-reasons.ts";
import { readRejectedCounts, readRejectedSamples, type StoredSample } from "../platform/clickhouse/rejected-beacons.ts";
import { readArguments } from "./rejected/arguments.ts";
import { openStores } from "./rejected/stores.ts";
import { UsageError } from "./simulate/running-system.ts";

const USAGE = `node scripts/rejected.ts [options]

  Shows what of beacons was not taken, and why. The dashboard shows an environment its own; what belongs to no environment
  is shown here alone, to who runs the installation.

  --unplaced          only what belongs to no environment
  --environment ID    only what belongs to this one
  --reason REASON     only for this reason
  --since TIME        of the last 30m, 6h, 2d (default 7d, as long as it is kept)
  --limit N           newest samples shown of each environment (default 20)
  --json              everything as JSON, one sample a line
  --data DIR          data folder of the Playhead that runs here (default .playhead)`;

const args = read();
const stores = openStores(resolve(args.data));
try {
  const toMs = Date.now();
  for (const owner of await stores.owners(args)) {
    const scope = { environmentId: owner.number, fromMs: toMs - args.sinceMs, toMs, reason: args.reason };
    const counts = await readRejectedCounts(stores.clickhouse, scope);
    if (counts.length === 0) continue;
    const samples = await readRejectedSamples(stores.clickhouse, scope, { after: null, limit: args.limit });
    if (args.json) for (const sample of samples) console.log(JSON.stringify({ environment: owner.name, ...sample }));
    else {
      console.log(`environment ${owner.name}`);
      for (const { reason, count } of counts) console.log(`  ${count} ${reason}: ${remedyOf(reason)}`);
      for (const sample of samples) console.log(sampleText(sample));
    }
  }
} finally {
  await stores.close();
}

function read() {
  try {
    const read = readArguments(process.argv.slice(2));
    if (!read.help) return read;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`rejected: ${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function remedyOf(reason: string): string {
  if (!isRejectionReason(reason)) return "";
  const { wrong, remedy } = REJECTION_REASONS[reason];
  return `${wrong} ${remedy}`;
}

function sampleText(sample: StoredSample): string {
  const key = sample.env_key === "" ? "no key" : `key ${JSON.stringify(sample.env_key)}`;
  const whence = `${sample.viewer_address}, ${sample.user_agent === "" ? "no user agent" : sample.user_agent}`;
  const text = sample.event === "" ? sample.body : sample.event;
  return [
    `    ${new Date(sample.at_ms).toISOString()} ${sample.reason}, ${key}, ${sample.body_bytes} bytes, ${whence}`,
    `      ${JSON.stringify(text.slice(0, 300))}`, // quoted: control characters of strangers do not reach the terminal
  ].join("\n");
}
