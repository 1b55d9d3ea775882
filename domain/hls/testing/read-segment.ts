import { type Box, Fields, readBoxes, requireBox } from "../../mp4/box-reader.ts";
import { Mp4Error } from "../../mp4/mp4-error.ts";

export interface SegmentSample {
  duration: number;
  sizeBytes: number;
  /** Presentation minus decode time. */
  ctsOffset: number;
  isSync: boolean;
}

/** A segment of one fragment of one track. Times in the track's ticks. */
export interface Segment {
  trackId: number;
  baseDecodeTime: number;
  samples: SegmentSample[];
  /** Sum of the durations. */
  duration: number;
  firstSample: Uint8Array;
}

const BASE_IS_MOOF = 0x020000;
/** Data offset; duration, size, flags and composition offset of each sample: what our writers write. */
const TRUN_FLAGS = 0xf01;
/** ISO/IEC 14496-12 §8.8.3.1 */
const IS_NON_SYNC = 0x10000;

/** Throws Mp4Error where it is anything but one whole fragment whose samples fill its `mdat`. */
export function readSegment(bytes: Uint8Array): Segment {
  const boxes = readBoxes(bytes);
  const [moof, mdat] = [requireBox(boxes, "moof"), requireBox(boxes, "mdat")];
  const ofMedia = boxes.filter(({ type }) => type === "moof" || type === "mdat");
  if (ofMedia.length !== 2 || ofMedia[0] !== moof) throw new Mp4Error("it is not one moof and one mdat");
  if (boxes.reduce((sum, box) => sum + box.bytes.length, 0) !== bytes.length)
    throw new Mp4Error("bytes follow its boxes");
  const traf = readBoxes(requireBox(readBoxes(moof.body), "traf").body);
  const trackId = readTrackId(requireBox(traf, "tfhd"));
  const baseDecodeTime = readDecodeTime(requireBox(traf, "tfdt"));
  const { samples, dataOffset } = readRun(requireBox(traf, "trun"));
  const mediaStart = mdat.body.byteOffset - moof.bytes.byteOffset;
  if (dataOffset !== mediaStart) throw new Mp4Error("its samples do not begin with its media");
  const mediaBytes = samples.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (mediaBytes !== mdat.body.length)
    throw new Mp4Error(`its samples have ${mediaBytes} bytes of ${mdat.body.length}`);
  const duration = samples.reduce((sum, sample) => sum + sample.duration, 0);
  return { trackId, baseDecodeTime, samples, duration, firstSample: mdat.body.subarray(0, samples[0]?.sizeBytes ?? 0) };
}

function readTrackId(tfhd: Box): number {
  const fields = new Fields(tfhd.body);
  if ((fields.u32() & BASE_IS_MOOF) === 0) throw new Mp4Error("its offsets do not begin at its moof");
  return fields.u32();
}

function readDecodeTime(tfdt: Box): number {
  const fields = new Fields(tfdt.body);
  const version = fields.u8();
  fields.skip(3);
  return version === 1 ? fields.u64() : fields.u32();
}

function readRun(trun: Box): { samples: SegmentSample[]; dataOffset: number } {
  const fields = new Fields(trun.body);
  if ((fields.u32() & 0xffffff) !== TRUN_FLAGS) throw new Mp4Error("its trun leaves something to defaults");
  const count = fields.u32();
  const dataOffset = fields.i32();
  const samples = Array.from({ length: count }, (): SegmentSample => {
    const [duration, sizeBytes, flags] = [fields.u32(), fields.u32(), fields.u32()];
    return { duration, sizeBytes, ctsOffset: fields.i32(), isSync: (flags & IS_NON_SYNC) === 0 };
  });
  return { samples, dataOffset };
}
