import { playingOf } from "../playing.ts";
import { scoresOf } from "../scores.ts";
import type { ViewRecord } from "../view-record.ts";
import { adsOf } from "./ads-of.ts";
import { deliveryOf } from "./delivery-of.ts";
import { errorsOf } from "./errors-of.ts";
import { extrasOf } from "./extras-of.ts";
import { lifeOf } from "./life-of.ts";
import { pictureOf } from "./picture-of.ts";
import { playerOf } from "./player-of.ts";
import type { RecordParts, RecordSource } from "./record-source.ts";
import { requestsOf } from "./requests-of.ts";
import { startupOf } from "./startup-of.ts";
import { timeOf } from "./time-of.ts";
import { videoOf } from "./video-of.ts";
import { viewerOf } from "./viewer-of.ts";
import { withinLogTime } from "./within-log-time.ts";

/**
 * All that is known of a view, as it stands. What is not told yet is taken not to come: of a view that is still open,
 * somebody who waits for the first frame would be an exit.
 */
export function recordOf(source: RecordSource): ViewRecord {
  const sound = withinLogTime(source);
  const { view, timeline } = sound;
  const untilMs = view.newestMs ?? 0;
  const parts: RecordParts = { ...sound, untilMs, playing: playingOf(timeline, untilMs) };
  const record = {
    ...lifeOf(parts),
    ...viewerOf(parts),
    ...playerOf(parts),
    ...videoOf(parts),
    ...deliveryOf(parts),
    ...errorsOf(parts),
    ...startupOf(parts),
    ...timeOf(parts),
    ...pictureOf(parts),
    ...requestsOf(parts),
    ...adsOf(parts),
    ...extrasOf(parts),
  };
  return { ...record, ...scoresOf(record, timeline.firstFrameAtMs !== null) };
}
