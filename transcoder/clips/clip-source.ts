import { clipPicture } from "../../domain/media/clip-picture.ts";
import { clipSound } from "../../domain/media/clip-sound.ts";
import type { ClippedTrack, ClipSpan } from "../../domain/media/clipped-track.ts";
import type { Track } from "../../domain/mp4/movie.ts";
import type { ProgressiveTrack } from "../../domain/mp4/progressive-movie.ts";
import { soundOf } from "../source/open-source.ts";
import type { PlannedSource } from "../source/source-cache.ts";

/** A track of a clip with how the clip's file describes it. */
export interface ClipTrack {
  cut: ClippedTrack;
  description: Pick<
    ProgressiveTrack,
    "kind" | "timescale" | "stsd" | "widthPx" | "heightPx" | "rotationDegrees" | "language" | "name"
  >;
}

export interface ClippedSource {
  /** Where the clip begins on the source's presentation: at its first picture, where it has one. */
  startSeconds: number;
  /** The picture first, then the sounds in the order of the plan. */
  tracks: readonly ClipTrack[];
}

/**
 * What a clip is made of: the source's own samples, of the picture and of every sound that can be chosen, with its name and
 * language. Has no tracks where the source shows and plays nothing in that time.
 */
export function clipSource({ plan, source }: PlannedSource, span: ClipSpan): ClippedSource {
  const picture = plan.video.length === 0 ? null : source.picture;
  const isCopied = plan.video[0]?.kind === "copied";
  const pictureCut = picture === null ? null : clipPicture(picture, span, isCopied);
  const startSeconds = pictureCut?.startSeconds ?? span.startSeconds;
  const soundSpan = { startSeconds, endSeconds: span.endSeconds };
  const sounds = plan.audio.filter(({ group }) => group === "main");
  return {
    startSeconds,
    tracks: [
      ...(picture === null || pictureCut === null
        ? []
        : [{ cut: pictureCut, description: descriptionOf(picture.track) }]),
      ...sounds.flatMap((rendition): ClipTrack[] => {
        const sound = soundOf(source, rendition);
        const cut = clipSound(sound, soundSpan);
        const { label: name, language } = rendition;
        return cut === null ? [] : [{ cut, description: { ...descriptionOf(sound.track), name, language } }];
      }),
    ],
  };
}

function descriptionOf(track: Track): ClipTrack["description"] {
  const { kind, timescale, stsd, headerWidthPx: widthPx, headerHeightPx: heightPx, rotationDegrees } = track;
  const turn = { rotationDegrees: rotationDegrees ?? 0 };
  return { kind: kind === "video" ? "video" : "audio", timescale, stsd, widthPx, heightPx, ...turn };
}
