import type { FedTrack } from "../../domain/media/encoder-input.ts";
import type { PictureIndex } from "../../domain/media/picture-index.ts";
import type { SampleRange } from "../../domain/media/picture-range.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Source } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";

/** Pictures that can be decoded: those of the source, or of stored segments of a rendition. */
export interface Pictures {
  track: FedTrack;
  /** Their times are the plan's. */
  index: PictureIndex;
  /** Bytes of samples, in decode order. */
  read(range: SampleRange): Promise<Buffer>;
}

export function sourcePictures(objects: Objects, key: string, picture: NonNullable<Source["picture"]>): Pictures {
  const { track, index } = picture;
  return { track, index, read: (range) => readSamples(objects, key, track.samples, range) };
}
