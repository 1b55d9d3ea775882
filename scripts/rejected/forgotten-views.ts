import { decodeRequest } from "../../domain/wire/decode-request.ts";
import { peekClaimedView } from "../../domain/wire/peek-event.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { hasViewBefore, type StoredSample } from "../../platform/clickhouse/rejected-beacons.ts";

/** Final views are remembered for 24 to 25 hours (collector/views/final-views.ts); an hour is for sending and reading. */
const REMEMBERED_MS = 23 * 3_600_000;
/** CMCD and EPAS: their views are numbered by the edge. */
const OTHER_FORMAT = /^\/(?:cmcd|epas)(?:[/?]|$)/;

export interface ForgottenDeps {
  clickhouse: ClickHouse;
  /** All there are: a sample of nobody's may be anybody's view. */
  environmentIds: readonly number[];
  nowMs: () => number;
  onLeftOut(): void;
}

/**
 * Leaves out samples that would be counted twice: a stored view that is no longer remembered would be opened anew by its
 * own events. Where a body does not tell its views, samples that are older than the memory are left out.
 */
export async function* withoutForgotten(
  samples: AsyncIterable<StoredSample>,
  deps: ForgottenDeps,
): AsyncGenerator<StoredSample> {
  for await (const sample of samples) {
    if (await isForgotten(sample, deps)) deps.onLeftOut();
    else yield sample;
  }
}

async function isForgotten(
  sample: StoredSample,
  { clickhouse, environmentIds, nowMs }: ForgottenDeps,
): Promise<boolean> {
  const beforeMs = nowMs() - REMEMBERED_MS;
  const viewIds = viewsOf(sample);
  if (viewIds === null) return sample.at_ms < beforeMs;
  return viewIds.length > 0 && hasViewBefore(clickhouse, { environmentIds, viewIds, beforeMs });
}

/** Null where they cannot all be told. */
function viewsOf({ body, is_base64, content_encoding, path }: StoredSample): string[] | null {
  if (content_encoding !== "" || OTHER_FORMAT.test(path)) return null;
  const decoded = decodeRequest(Buffer.from(body, is_base64 ? "base64" : "utf8").toString());
  if (decoded.kind === "rejected") return null;
  const views = new Set<string>();
  for (const { raw } of decoded.events) {
    const viewId = peekClaimedView(raw);
    if (viewId === null) return null;
    views.add(viewId);
  }
  return [...views];
}
