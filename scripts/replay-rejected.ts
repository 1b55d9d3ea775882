import type { RejectedScope } from "../domain/messages/ask-rejected.ts";
import { readRejectedCounts, type StoredSample } from "../platform/clickhouse/rejected-beacons.ts";
import { withoutForgotten } from "./rejected/forgotten-views.ts";
import { readReplayable } from "./rejected/read-all.ts";
import { type ReplayResult, replaySamples } from "./rejected/replay.ts";
import { runCommand } from "./rejected/run-command.ts";
import type { Owner, Stores } from "./rejected/stores.ts";
import { TakenSamples } from "./rejected/taken-samples.ts";
import { findRunningSystem, loopbackAddress } from "./simulate/running-system.ts";

const USAGE = `npm run replay-rejected -- [options]

  Sends rejected beacons of which the whole body was kept to the collector again, after what was wrong has been mended.
  Sending twice within a day is harmless: events are told apart by environment, view and number. Longer than that no view is
  remembered, and it would be counted twice: samples of a view that is stored, and whose last event came more than 23 hours
  ago, are left out; so are older ones that do not tell their views. Events arrive now. What is still wrong is rejected
  and counted again, but not kept a second time; what was taken is not sent once more. Bodies that were cut off (not_json)
  are left out unless named.
  Exit code: 0 all was taken, 1 something was not, 2 not understood.

  --reason REASON     only those rejected for it
  --since TIME        only those of the last 30m, 6h, 2d (default 7d, as long as they are kept)
  --environment ID    only those of this environment
  --unplaced          only those of no environment
  --dry-run           tell what would be sent
  --collector H:P     a collector on this machine (default: the Playhead that runs here)
  --data DIR          data folder of that Playhead (default .playhead)`;

process.exitCode = await runCommand("replay-rejected", USAGE, async (args, stores, dataFolder) => {
  const toMs = Date.now();
  const choice: Choice = { stores, taken: new TakenSamples(dataFolder), environmentIds: await allEnvironments(stores) };
  const scopes = (await stores.owners(args)).map((owner) => ({
    owner,
    scope: { environmentId: owner.number, fromMs: toMs - args.sinceMs, toMs, reason: args.reason },
  }));
  if (args.dryRun) {
    for (const { owner, scope } of scopes) await tell(choice, owner, scope);
    return 0;
  }
  const { collector } = findRunningSystem({ collector: args.collector, environmentKey: "" }, dataFolder);
  const results: OwnerResult[] = [];
  for (const { owner, scope } of scopes) {
    let leftOut = 0;
    const samples = choose(choice, scope, () => {
      leftOut += 1;
    });
    const listener = { onProgress: progress(owner), onTaken: (sample: StoredSample) => choice.taken.add(sample) };
    const result = { ...(await replaySamples(loopbackAddress(collector), samples, listener)), leftOut };
    choice.taken.save(toMs);
    if (hasAny(result)) console.log(summary(owner, result));
    results.push(result);
  }
  if (!results.some(hasAny)) console.log("nothing to send again");
  return results.some(({ failed, rejected, leftOut }) => failed + leftOut + rejected.size > 0) ? 1 : 0;
});

interface Choice {
  stores: Stores;
  taken: TakenSamples;
  environmentIds: readonly number[];
}

interface OwnerResult extends ReplayResult {
  /** Samples whose views would be counted twice. */
  leftOut: number;
}

function hasAny({ sent, failed, leftOut }: OwnerResult): boolean {
  return sent + failed + leftOut > 0;
}

async function allEnvironments(stores: Stores): Promise<number[]> {
  return (await stores.owners({ environment: undefined, isUnplaced: false })).map(({ number }) => number);
}

function choose(
  { stores, taken, environmentIds }: Choice,
  scope: RejectedScope,
  onLeftOut: () => void,
): AsyncGenerator<StoredSample> {
  const { clickhouse } = stores;
  const samples = taken.without(readReplayable(clickhouse, scope));
  return withoutForgotten(samples, { clickhouse, environmentIds, nowMs: Date.now, onLeftOut });
}

async function tell(choice: Choice, owner: Owner, scope: RejectedScope): Promise<void> {
  const counts = await readRejectedCounts(choice.stores.clickhouse, scope);
  const whole = new Map<string, number>();
  let leftOut = 0;
  const samples = choose(choice, scope, () => {
    leftOut += 1;
  });
  for await (const { reason } of samples) whole.set(reason, (whole.get(reason) ?? 0) + 1);
  for (const { reason, count, samples: keptCount } of counts) {
    const kept = `${several(keptCount, "sample")}, ${whole.get(reason) ?? 0} to send again`;
    console.log(`environment ${owner.name}: ${reason}: ${several(count, "event")} rejected, ${kept}`);
  }
  if (leftOut > 0) console.log(`environment ${owner.name}: ${leftOutText(leftOut)}`);
}

function leftOutText(count: number): string {
  return `${several(count, "sample")} left out, of views that would be counted twice`;
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

function summary(owner: Owner, { sent, failed, taken, rejected, leftOut }: OwnerResult): string {
  const still = [...rejected].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return [
    `environment ${owner.name}: ${several(sent, "request")} sent, ${taken} taken whole`,
    ...(still === "" ? [] : [`still rejected: ${still}`]),
    ...(failed === 0 ? [] : [`${failed} not read, run it again`]),
    ...(leftOut === 0 ? [] : [leftOutText(leftOut)]),
  ].join("; ");
}
