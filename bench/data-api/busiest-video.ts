import { z } from "zod";
import { LARGEST_ENVIRONMENT } from "../queries/generated-columns.ts";
import type { QueryStore } from "../queries/query-store.ts";
import type { Named } from "./call.ts";

const Row = z.object({ video_id: z.string(), asset_id: z.string(), playback_id: z.string() });

/** The ids of the video that was played most. */
export async function busiestVideo({ clickhouse }: QueryStore): Promise<Named["video"]> {
  const sql = `SELECT any(video_id) AS video_id, any(asset_id) AS asset_id, any(playback_id) AS playback_id
    FROM (SELECT video_id, asset_id, playback_id, video_id_key FROM views WHERE environment_id = ${LARGEST_ENVIRONMENT})
    GROUP BY video_id_key ORDER BY count() DESC LIMIT 1`;
  const [row] = await clickhouse.query(sql, {}, Row);
  if (row === undefined) throw new Error("the store has no views");
  return row;
}
