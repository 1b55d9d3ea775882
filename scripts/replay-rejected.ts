import type { RejectedScope } from "../domain/messages/ask-rejected.ts";
import { readRejectedCounts, type StoredSample } from "../platform/clickhouse/rejected-beacons.ts";
import { readReplayable } from "./rejected/read-all.ts";
import { type ReplayResult, replaySamples } from "./rejected/replay.ts";
import { runCommand } from "./rejected/run-command.ts";
import type { Owner, Stores } from "./rejected/stores.ts";
import { TakenSamples } from "./rejected/taken-samples.ts";
import { findRunningSystem, loopbackAddress } from "./simulate/running-system.ts";

const USAGE = `npm run replay-rejected -- [options]

  Sends rejected beacons of which the whole body was kept to the collector again, after what was wrong has been mended.
  Sending twice is harmless: events are told apart by environment, view and number. They arrive now. What is still wrong
  is rejected and counted again, but not kept a second time; what was taken is not sent once more. Bodies that were cut
  off (not_json) are left out unless named.
  Exit code: 0 all was taken, 1 something was not, 2 not understood.

  --reason REASON     only those rejected for it
  --since TIME        only those of the last 30m, 6h, 2d (default 7d, as long as they are kept)
  --environment ID    only those of this environment
  --unplaced          only those of no environment
  --dry-run           tell what would be sent
  --collector H:P     a collector on this machine (default: the Playhead that runs here)
  --data DIR          data folder of that Playhead (default .playhead)`;

process.exitCode = await runCommand("replay-rejected", USAGE, async (args, stores, dataFolder) => {
  const owners = await stores.owners(args);
  const toMs = Date.now();
  const scopes = owners.map((owner) => ({
    owner,
    scope: { environmentId: owner.number, fromMs: toMs - args.sinceMs, toMs, reason: args.reason },
  }));
  const taken = new TakenSamples(dataFolder);
  if (args.dryRun) {
    for (const { owner, scope } of scopes) await tell(stores, owner, scope, taken);
    return 0;
  }
  const { collector } = findRunningSystem({ collector: args.collector, environmentKey: "" }, dataFolder);
  const results: ReplayResult[] = [];
  for (const { owner, scope } of scopes) {
    const samples = taken.without(readReplayable(stores.clickhouse, scope));
    const listener = { onProgress: progress(owner), onTaken: (sample: StoredSample) => taken.add(sample) };
    const result = await replaySamples(loopbackAddress(collector), samples, listener);
    taken.save(toMs);
    if (result.sent + result.failed > 0) console.log(summary(owner, result));
    results.push(result);
  }
  if (results.every(({ sent, failed }) => sent + failed === 0)) console.log("nothing to send again");
  return results.some(({ failed, rejected }) => failed > 0 || rejected.size > 0) ? 1 : 0;
});

async function tell({ clickhouse }: Stores, owner: Owner, scope: RejectedScope, taken: TakenSamples): Promise<void> {
  const counts = await readRejectedCounts(clickhouse, scope);
  const whole = new Map<string, number>();
  const samples = taken.without(readReplayable(clickhouse, scope));
  for await (const { reason } of samples) whole.set(reason, (whole.get(reason) ?? 0) + 1);
  for (const { reason, count, samples: keptCount } of counts) {
    const kept = `${several(keptCount, "sample")}, ${whole.get(reason) ?? 0} to send again`;
    console.log(`environment ${owner.name}: ${reason}: ${several(count, "event")} rejected, ${kept}`);
  }
}

function several(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function progress(owner: Owner): (result: Readonly<ReplayResult>) => void {
  const EVERY = 100;
  return ({ sent, failed, taken }) => {
    if ((sent + failed) % EVERY === 0) console.log(`environment ${owner.name}: ${sent + failed} sent, ${taken} taken`);
  };
}

function summary(owner: Owner, { sent, failed, taken, rejected }: ReplayResult): string {
  const still = [...rejected].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return [
    `environment ${owner.name}: ${several(sent, "request")} sent, ${taken} taken whole`,
    ...(still === "" ? [] : [`still rejected: ${still}`]),
    ...(failed === 0 ? [] : [`${failed} not read, run it again`]),
  ].join("; ");
}
