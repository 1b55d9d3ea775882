import { writeFragmentHeader } from "../mp4/fragment.ts";
import { encoderInput, type FedTrack } from "./encoder-input.ts";
import type { PictureIndex } from "./picture-index.ts";
import { pictureAt, type SampleRange } from "./picture-range.ts";

/** Moments at a constant distance; at each, the picture is wanted that is on screen then. */
export interface PictureGrid {
  startTicks: number;
  /** May be a fraction. */
  stepTicks: number;
  count: number;
}

/** Places [from, to) in the index of what has to be shown for a grid. */
export function picturesOfGrid(index: PictureIndex, { startTicks, stepTicks, count }: PictureGrid) {
  return { from: pictureAt(index, startTicks), to: pictureAt(index, startTicks + stepTicks * (count - 1)) + 1 };
}

/** What ffmpeg is fed for a grid: these parts one after the other, a range being the bytes of samples. */
export interface GridInput {
  parts: readonly (Uint8Array | SampleRange)[];
  /** Let exactly the grid's pictures through, evenly timed from 0 on. */
  filters: readonly string[];
}

/**
 * The first picture is fed once more at the end, at a time behind the grid, where it is never seen: ffmpeg's `fps` shows the
 * last wanted picture until the next one comes, and drops it where none does.
 */
export function gridInput(track: FedTrack, index: PictureIndex, grid: PictureGrid): GridInput {
  const { startTicks, stepTicks, count } = grid;
  const { head, samples, keep, offset } = encoderInput(track, index, picturesOfGrid(index, grid));
  const behind = Math.max(keep.end, Math.ceil(startTicks + stepTicks * (count + 1)) + offset);
  const first = { first: samples.first, end: samples.first + 1 };
  const again = { size: track.samples.size[samples.first] ?? 0, duration: 1, ctsOffset: 0, isSync: true };
  const tail = writeFragmentHeader({ sequence: 2, baseDecodeTime: behind, samples: [again] });
  const filters = [
    `select='between(pts,${keep.start},${keep.end - 1})+gte(pts,${behind})'`,
    `setpts=PTS-${offset + startTicks}`,
    // up: a picture counts from the first moment on that is not before it
    `fps=fps=${index.timescale}/${stepTicks}:start_time=0:round=up`,
    `trim=end_frame=${count}`,
  ];
  return { parts: [...head, samples, tail, first], filters };
}
