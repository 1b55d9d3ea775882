import { type DataServer, startDataServer } from "./data-server.ts";

/** A view's share of 5 seconds: columns of table `beats`; what is left out is "" or 0. */
export interface BeatRow {
  environment_id: number;
  /** Unix milliseconds, a multiple of 5,000. */
  bucketMs: number;
  view_id: string;
  country: string;
  video_title: string;
  video_id: string;
  asset_id: string;
  playback_id: string;
  live_stream_id: string;
  viewer_id: string;
  concurrent: 0 | 1;
  starting_up: 0 | 1;
  watch_ms: number;
  rebuffer_ms: number;
  start_attempt: 0 | 1;
  startup_ms: number | null;
  startup_failure: 0 | 1;
  exit_before_start: 0 | 1;
  playback_failure: 0 | 1;
  bitrate: number;
}

export interface LiveServer extends DataServer {
  /** When the server's clock stands, at first also up to when everything is stored: 32 seconds past a minute. */
  startMs: number;
  storeBeats(...beats: readonly Partial<BeatRow>[]): Promise<void>;
  /** Says that everything is stored up to then; the server hears of it within a second. */
  tellStoredUntil(ms: number): Promise<void>;
}

const NO_BEAT: BeatRow = {
  environment_id: 1,
  bucketMs: 0,
  view_id: "",
  country: "",
  video_title: "",
  video_id: "",
  asset_id: "",
  playback_id: "",
  live_stream_id: "",
  viewer_id: "",
  concurrent: 1,
  starting_up: 0,
  watch_ms: 5_000,
  rebuffer_ms: 0,
  start_attempt: 0,
  startup_ms: null,
  startup_failure: 0,
  exit_before_start: 0,
  playback_failure: 0,
  bitrate: 0,
};

/** A viewer who plays without trouble, but for what is given. */
export function beat(parts: Partial<BeatRow>): BeatRow {
  return { ...NO_BEAT, ...parts };
}

export async function startLiveServer(options: Parameters<typeof startDataServer>[0] = {}): Promise<LiveServer> {
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 28_000;
  const server = await startDataServer({ startMs, ...options });
  const { client } = server.clickhouse;
  return {
    ...server,
    startMs,
    storeBeats: (...beats) => {
      const rows = beats.map(beat).map(({ bucketMs, ...rest }) => ({ bucket: bucketMs / 1_000, version: 1, ...rest }));
      const [first] = rows;
      return client.insert(
        "beats",
        Object.keys(first ?? {}),
        rows.map((row) => Object.values(row)),
      );
    },
    tellStoredUntil: (ms) => client.insert("stored_until", ["topic", "as_of"], [["beacons", new Date(ms)]]),
  };
}
