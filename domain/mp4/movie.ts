import { type Box, Fields, findBox, readBoxes, requireBox } from "./box-reader.ts";
import { damaged, Mp4Error } from "./mp4-error.ts";
import { readDuration, readTrack, rotationOf, type Track } from "./track.ts";

export type { SampleTable } from "./sample-table.ts";
export type { Edit, Track } from "./track.ts";

/** What a file's `moov` says: every track's facts, and where its samples are. */
export interface Movie {
  /** Ticks per second of `durationTicks` and of the edits' durations. */
  timescale: number;
  /** 0 where the file does not know it. */
  durationTicks: number;
  tracks: Track[];
}

const MAX_TRACKS = 100;
/** Of all tracks together: 50 hours of 60 pictures and 47 packets of sound a second. A row takes 29 bytes. */
const MAX_SAMPLES = 20_000_000;

/**
 * Reads a whole `moov` box. Throws Mp4Error where it is damaged or contradicts itself. Time and memory are linear in its
 * bytes plus the samples it describes, of which more than 20 million are refused. An hour of film takes about 0.1 s.
 */
export function parseMovie(moov: Uint8Array): Movie {
  const boxes = readBoxes(requireBox(readBoxes(moov), "moov").body);
  if (findBox(boxes, "cmov") !== null)
    throw new Mp4Error("The file's index is compressed (cmov), which we do not read");
  const { timescale, durationTicks, matrix } = readMovieHeader(requireBox(boxes, "mvhd"));
  const traks = boxes.filter((box) => box.type === "trak");
  if (traks.length > MAX_TRACKS) throw new Mp4Error(`The file has more than ${MAX_TRACKS} tracks`);

  const movieRotation = rotationOf(matrix);
  let samplesLeft = MAX_SAMPLES;
  const tracks = traks.map((trak) => {
    const track = readTrack(trak, movieRotation, samplesLeft);
    samplesLeft -= track.samples.count;
    return track;
  });
  return { timescale, durationTicks, tracks };
}

/** ISO/IEC 14496-12 §8.2.2. */
function readMovieHeader(mvhd: Box) {
  const fields = new Fields(mvhd.body);
  const version = fields.u8();
  fields.skip(3 + (version === 1 ? 16 : 8));
  const timescale = fields.u32();
  if (timescale === 0) throw damaged("its clock (mvhd) does not tick");
  const durationTicks = readDuration(fields, version);
  const matrix = fields.skip(4 + 2 + 2 + 8).take(36);
  return { timescale, durationTicks, matrix };
}
