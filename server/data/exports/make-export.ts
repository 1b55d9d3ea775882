import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { z } from "zod";
import { EXPORT_HEADER, exportLine } from "../../../domain/data-api/export-columns.ts";
import { dayRange, deletedAtMs } from "../../../domain/data-api/export-days.ts";
import type { EnvironmentId } from "../../../domain/identifiers.ts";
import type { StoredView } from "../../../domain/metrics/ask/ask-view.ts";
import type { JobContext, JobTask } from "../../../platform/jobs/task.ts";
import { dayFileKey } from "../../http/day-files.ts";
import type { Services } from "../../http/services.ts";
import { EXPORT_FILES } from "./export-files.ts";
import { type ExportedViews, readExported } from "./read-exported.ts";

export const MAKE_EXPORT_TASK = "make_export";

const MakeExportJob = z.object({ environmentId: z.string(), day: z.string() });
type MakeExportJob = z.output<typeof MakeExportJob>;

/** Lines that are made in one go, about 10 ms: requests come in between. */
const LINES_AT_ONCE = 50;
const TELL_EVERY_MS = 2_000;
const MAX_ERROR_LENGTH = 1_000;

type Deps = Pick<Services, "db" | "clickhouse" | "objects" | "now">;

/**
 * Makes the file of views of one day. Run again it makes the same file again, until it is there; readers see the whole file or
 * none. How far it is, and what stopped it, stands in its row.
 */
export function makeExportTask(deps: Deps): JobTask {
  return async (payload, context) => {
    const job = MakeExportJob.parse(payload);
    const environment = await findWanted(deps, job);
    if (environment === null) return;
    try {
      await note(deps, job, { status: "making", rows_written: 0, error: null });
      await make(deps, job, environment, context);
    } catch (error) {
      const isStop = context.signal.aborted;
      const text = error instanceof Error ? error.message : String(error);
      await note(
        deps,
        job,
        isStop ? { status: "waiting" } : { status: "failed", error: text.slice(0, MAX_ERROR_LENGTH) },
      );
      throw error;
    }
  };
}

interface Environment {
  id: string;
  number: number;
}

/** null when the file is there, or too old, or of an environment that is gone. */
async function findWanted({ db, now }: Deps, { environmentId, day }: MakeExportJob): Promise<Environment | null> {
  if (deletedAtMs(day) <= now()) return null;
  const found = await db
    .selectFrom("exports")
    .innerJoin("environments", "environments.id", "exports.environment_id")
    .select(["environments.id", "environments.number"])
    .where("exports.environment_id", "=", environmentId)
    .where("exports.day", "=", day)
    .where("exports.status", "<>", "ready")
    .where("environments.deleted_at", "is", null)
    .executeTakeFirst();
  return found ?? null;
}

async function make(deps: Deps, job: MakeExportJob, environment: Environment, { signal }: JobContext): Promise<void> {
  const scope = { environmentId: environment.number as EnvironmentId, ...dayRange(job.day) };
  const views = await readExported(deps.clickhouse, scope, signal);
  await note(deps, job, { rows_total: views.total });
  const progress = { written: 0 };
  const telling = setInterval(() => {
    note(deps, job, { rows_written: progress.written }).catch(() => {}); // the end tells it again, or fails
  }, TELL_EVERY_MS);
  try {
    const lines = Readable.from(linesOf(views, environment, progress), { objectMode: false });
    const gzip = createGzip();
    lines.once("error", (error) => gzip.destroy(error));
    gzip.once("close", () => lines.destroy());
    const { sizeBytes } = await deps.objects.put(dayFileKey(EXPORT_FILES, job), lines.pipe(gzip));
    clearInterval(telling);
    await note(deps, job, { status: "ready", rows_written: progress.written, size_bytes: sizeBytes });
  } finally {
    clearInterval(telling);
  }
}

async function* linesOf(
  { pages }: ExportedViews,
  environment: Environment,
  progress: { written: number },
): AsyncGenerator<Buffer> {
  yield Buffer.from(EXPORT_HEADER);
  for await (const page of pages) {
    for (let at = 0; at < page.length; at += LINES_AT_ONCE) {
      const some = page.slice(at, at + LINES_AT_ONCE);
      yield Buffer.from(some.map((view: StoredView) => exportLine({ ...view, environment })).join(""));
      progress.written += some.length;
      await nextTurn();
    }
  }
}

interface Noted {
  status?: "waiting" | "making" | "ready" | "failed";
  rows_total?: number;
  rows_written?: number;
  size_bytes?: number;
  error?: string | null;
}

async function note({ db, now }: Deps, { environmentId, day }: MakeExportJob, noted: Noted): Promise<void> {
  await db
    .updateTable("exports")
    .set({ ...noted, updated_at: new Date(now()) })
    .where("environment_id", "=", environmentId)
    .where("day", "=", day)
    .where("status", "<>", "ready")
    .execute();
}
