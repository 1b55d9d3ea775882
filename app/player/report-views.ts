import Hls from "hls.js";
import mux from "mux-embed";

export interface ReportedVideo {
  environmentKey: string;
  /** host:port for beacons. */
  collector: string;
  assetId: string;
  title: string;
}

/** Reports what the video element does to the environment's own analytics; the result ends it. */
export function reportViews(
  video: HTMLVideoElement,
  hls: Hls | null,
  { environmentKey, collector, assetId, title }: ReportedVideo,
): () => void {
  mux.monitor(video, {
    debug: false,
    beaconCollectionDomain: collector,
    disableCookies: true,
    ...(hls === null ? {} : { hlsjs: hls, Hls }),
    data: {
      env_key: environmentKey,
      player_name: "Playhead dashboard",
      player_init_time: mux.utils.now(),
      video_id: assetId,
      video_title: title,
      video_stream_type: "on-demand",
    },
  });
  return () => mux.destroyMonitor(video);
}
