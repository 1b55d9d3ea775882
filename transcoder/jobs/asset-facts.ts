import type { AssetFacts, InputFacts, InputTrackFacts, SoundFacts } from "../../domain/asset/outcome.ts";
import { type Plan, planSeconds } from "../../domain/media/plan.ts";
import { type SourceFacts, shownSize } from "../../domain/media/source-facts.ts";

/** What the asset is said to be: the source as it is shown, and the input as it was sent. */
export function assetFacts(plan: Plan, facts: SourceFacts, containerFormat: string): AssetFacts {
  const { video } = facts;
  const [top] = plan.video;
  const isShown = video !== null && top !== undefined;
  return {
    durationSeconds: round(planSeconds(plan)),
    video: isShown ? { ...shownSize(video), frameRate: round(top.frameRate) } : null,
    sounds: soundFacts(plan),
    topRendition: top === undefined ? null : { widthPx: top.widthPx, heightPx: top.heightPx },
    input: inputFacts(facts, containerFormat),
  };
}

function soundFacts({ audio }: Plan): SoundFacts[] {
  const main = audio.filter(({ group }) => group === "main");
  return main.map(({ label, language, boundaries, timescale }) => ({
    channels: Math.max(...audio.filter((other) => other.label === label).map(({ channels }) => channels)),
    durationSeconds: round((boundaries.at(-1) ?? 0) / timescale),
    name: label,
    language,
  }));
}

function inputFacts({ video, sounds, durationSeconds }: SourceFacts, containerFormat: string): InputFacts {
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
  for (const audio of sounds) {
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
