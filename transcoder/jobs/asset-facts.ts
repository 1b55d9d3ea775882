import type { AssetFacts, InputFacts, InputTrackFacts } from "../../domain/asset/outcome.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import { type SourceFacts, shownSize } from "../../domain/media/source-facts.ts";

/** What the asset is said to be: the source as it is shown, and the input as it was sent. */
export function assetFacts(plan: Plan, facts: SourceFacts, containerFormat: string): AssetFacts {
  const { video, audio } = facts;
  const [top] = plan.video;
  const frameRate = video?.averageFrameRate ?? top?.frameRate ?? 0;
  return {
    durationSeconds: round(planSeconds(plan)),
    video: video === null || top === undefined ? null : { ...shownSize(video), frameRate: round(frameRate) },
    audio: audio === null || plan.audio.length === 0 ? null : { channels: audio.channels },
    topRendition: top === undefined ? null : { widthPx: top.widthPx, heightPx: top.heightPx },
    input: inputFacts(facts, containerFormat),
  };
}

function inputFacts({ video, audio, durationSeconds }: SourceFacts, containerFormat: string): InputFacts {
  const tracks: InputTrackFacts[] = [];
  if (video !== null) {
    tracks.push({
      type: "video",
      durationSeconds: round(video.durationSeconds ?? durationSeconds ?? 0),
      encoding: video.codec,
      widthPx: video.codedWidthPx,
      heightPx: video.codedHeightPx,
      frameRate: round(video.averageFrameRate ?? 0),
    });
  }
  if (audio !== null) {
    tracks.push({
      type: "audio",
      durationSeconds: round(audio.durationSeconds ?? durationSeconds ?? 0),
      encoding: audio.codec,
      channels: audio.channels,
      sampleRate: audio.sampleRate,
    });
  }
  return { containerFormat, tracks };
}

/** To a millionth, as times are told elsewhere. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
