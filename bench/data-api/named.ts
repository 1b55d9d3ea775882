import { z } from "zod";
import { END_MS } from "../queries/generate-views.ts";
import { LARGEST_ENVIRONMENT } from "../queries/generated-columns.ts";
import { answer } from "../queries/measure-question.ts";
import { type QueryStore, someView } from "../queries/query-store.ts";
import { timeText } from "../queries/ranges.ts";
import type { Named } from "./call.ts";
import { concurrentByTitle } from "./hand-written-calls.ts";

/** What calls name, of a store that has its live rows. */
export async function namedIn(store: QueryStore): Promise<Named> {
  const titles = await answer(store, { sql: concurrentByTitle(), params: {} });
  return {
    viewId: await someView(store),
    video: await busiestVideo(store),
    titleKeys: titles.map((row) => z.object({ title_key: z.string() }).parse(row).title_key),
    lastIds: await lastIds(store),
  };
}

/** The ids of the video that was played most. */
async function busiestVideo({ clickhouse }: QueryStore): Promise<Named["video"]> {
  const Row = z.object({ video_id: z.string(), asset_id: z.string(), playback_id: z.string() });
  const sql = `SELECT any(video_id) AS video_id, any(asset_id) AS asset_id, any(playback_id) AS playback_id
    FROM (SELECT video_id, asset_id, playback_id, video_id_key FROM views WHERE environment_id = ${LARGEST_ENVIRONMENT})
    GROUP BY video_id_key ORDER BY count() DESC LIMIT 1`;
  const [row] = await clickhouse.query(sql, {}, Row);
  if (row === undefined) throw new Error("the store has no views");
  return row;
}

/** As many as a page shows. */
async function lastIds({ clickhouse }: QueryStore): Promise<string[]> {
  const Row = z.object({ view_id: z.string() });
  const sql = `SELECT view_id FROM views WHERE environment_id = ${LARGEST_ENVIRONMENT} AND view_end < '${timeText(END_MS)}'
    ORDER BY view_end DESC LIMIT 25`;
  return (await clickhouse.query(sql, {}, Row)).map(({ view_id }) => view_id);
}
