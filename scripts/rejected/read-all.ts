import type { RejectedPlace, RejectedScope } from "../../domain/messages/ask-rejected.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { placeOf, readRejectedSamples, type StoredSample } from "../../platform/clickhouse/rejected-beacons.ts";

/** Samples may hold 64 KiB each. */
const PAGE = 100;

/** Bodies that were whole and yet no JSON: mostly cut off by their sender, and nothing that is mended here completes them. */
const HOPELESS = "not_json";

/** All samples that can be sent again, newest first, page by page; what cannot succeed only where it is asked for by name. */
export async function* readReplayable(clickhouse: ClickHouse, scope: RejectedScope): AsyncGenerator<StoredSample> {
  let after: RejectedPlace | null = null;
  while (true) {
    const samples: StoredSample[] = await readRejectedSamples(clickhouse, scope, {
      after,
      limit: PAGE,
      replayableOnly: true,
    });
    yield* samples.filter(({ reason }) => reason !== HOPELESS || scope.reason === HOPELESS);
    const last = samples.at(-1);
    if (last === undefined) return;
    after = placeOf(last);
  }
}
