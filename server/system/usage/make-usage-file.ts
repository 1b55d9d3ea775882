import { Readable } from "node:stream";
import { z } from "zod";
import { dayRange } from "../../../domain/data-api/export-days.ts";
import { type EnvironmentId, isEnvironmentId } from "../../../domain/identifiers.ts";
import type { DeliveryUsageRow } from "../../../domain/usage/ask-delivery-usage.ts";
import { isUsageFileDue } from "../../../domain/usage/usage-days.ts";
import { USAGE_HEADER, usageLine } from "../../../domain/usage/usage-file.ts";
import type { JobTask } from "../../../platform/jobs/task.ts";
import type { Logger } from "../../../platform/observability/logger.ts";
import { type DayFile, dayFileKey } from "../../http/day-files.ts";
import type { Services } from "../../http/services.ts";
import { unixSeconds } from "../../http/unix-seconds.ts";
import { type DeliveryReport, deliveryReports, stateOf } from "../../video/delivery-reports.ts";
import { USAGE_FILES } from "./usage-files.ts";

export const MAKE_USAGE_TASK = "make_usage_export";

const Job = z.object({ environmentId: z.string(), day: z.string() });
/** Lines that are in memory at once. */
const PAGE = 500;

type Deps = Pick<Services, "db" | "analytics" | "objects" | "now">;

/** Makes the file of what was delivered on one day; readers see the whole file, or the one before. */
export function makeUsageFileTask(deps: Deps, log: Logger): JobTask {
  return async (payload, { signal }) => {
    const file = Job.parse(payload);
    const number = await findWanted(deps, file);
    if (number === null) return;
    const madeAt = new Date(deps.now()); // what is stored later is not in it
    const lines = linesOf(deps, log, { file, number, signal });
    const { sizeBytes } = await deps.objects.put(
      dayFileKey(USAGE_FILES, file),
      Readable.from(lines, { objectMode: false }),
    );
    await deps.db
      .updateTable("usage_exports")
      .set({ size_bytes: sizeBytes, made_at: madeAt })
      .where("environment_id", "=", file.environmentId)
      .where("day", "=", file.day)
      .execute();
  };
}

/** The environment's number; null where the file is not due, or of an environment that is gone. */
async function findWanted({ db, now }: Deps, { environmentId, day }: DayFile): Promise<EnvironmentId | null> {
  const found = await db
    .selectFrom("usage_exports as u")
    .innerJoin("environments as e", "e.id", "u.environment_id")
    .select(["u.made_at", "e.number"])
    .where("u.environment_id", "=", environmentId)
    .where("u.day", "=", day)
    .where("e.deleted_at", "is", null)
    .executeTakeFirst();
  if (found === undefined || !isUsageFileDue(day, found.made_at?.getTime() ?? null, now())) return null;
  if (!isEnvironmentId(found.number)) throw new Error(`environment ${environmentId} has number ${found.number}`);
  return found.number;
}

async function* linesOf(
  deps: Deps,
  log: Logger,
  { file, number, signal }: { file: DayFile; number: EnvironmentId; signal: AbortSignal },
): AsyncGenerator<string> {
  yield USAGE_HEADER;
  const scope = { environmentId: number, ...dayRange(file.day), assetId: null };
  for (let offset = 0, isLast = false; !isLast; offset += PAGE) {
    signal.throwIfAborted();
    const asked = { environment: file.environmentId, scope, page: { limit: PAGE, offset }, keepMs: 0 };
    const page = await deliveryReports(deps, log, asked);
    yield page.reports.map((report) => usageLine(lineOf(file, report))).join("");
    ({ isLast } = page);
  }
}

function lineOf({ day, environmentId }: DayFile, { asset, usage }: DeliveryReport) {
  const { delivered_seconds, tier_audio_only, tier_720p, tier_1080p, tier_1440p, tier_2160p }: DeliveryUsageRow = usage;
  return {
    date: day,
    environment_id: environmentId,
    asset_id: asset.id,
    asset_state: stateOf(asset),
    asset_duration: asset.duration_seconds,
    asset_resolution_tier: asset.resolution_tier,
    asset_video_quality: asset.video_quality,
    created_at: unixSeconds(asset.created_at),
    deleted_at: asset.deleted_at === null ? null : unixSeconds(asset.deleted_at),
    passthrough: asset.passthrough,
    external_id: textOf(asset.meta["external_id"]),
    creator_id: textOf(asset.meta["creator_id"]),
    ...{ delivered_seconds, tier_audio_only, tier_720p, tier_1080p, tier_1440p, tier_2160p },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
