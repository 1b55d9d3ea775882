interface SliceTypes {
  /** Type of a NAL unit, from its first byte. */
  typeOf(firstByte: number): number;
  isSlice(type: number): boolean;
  /** Of a picture that decoding may begin with. */
  isStart(type: number): boolean;
}

/** ITU-T H.264 table 7-1: slices are 1 to 5, of an IDR picture 5. */
const H264: SliceTypes = {
  typeOf: (byte) => byte & 31,
  isSlice: (type) => type >= 1 && type <= 5,
  isStart: (type) => type === 5,
};
/** ITU-T H.265 table 7-1: slices are 0 to 31, of pictures that decoding may begin with (BLA, IDR, CRA) 16 to 21. */
const HEVC: SliceTypes = {
  typeOf: (byte) => (byte >> 1) & 63,
  isSlice: (type) => type <= 31,
  isStart: (type) => type >= 16 && type <= 21,
};

/**
 * True when every slice of a length-prefixed sample is of an IDR picture: a real one, not a recovery point that a muxer marked as sync.
 * False for a sample without slices or one that is cut off.
 *
 * @param lengthBytes of each NAL's length field: 1, 2 or 4
 */
export function isIdrSample(sample: Uint8Array, lengthBytes: number): boolean {
  return isEverySliceStart(sample, lengthBytes, H264);
}

/** The same for HEVC: IDR, CRA or BLA. Whether pictures that are shown before it need others is told by their times. */
export function isHevcStartSample(sample: Uint8Array, lengthBytes: number): boolean {
  return isEverySliceStart(sample, lengthBytes, HEVC);
}

function isEverySliceStart(sample: Uint8Array, lengthBytes: number, types: SliceTypes): boolean {
  let sawStart = false;
  for (let at = 0; at < sample.length; ) {
    const nal = at + lengthBytes;
    const end = nal + readLength(sample, at, lengthBytes);
    if (end > sample.length) return false;
    const type = end > nal ? types.typeOf(sample[nal] ?? 0) : Number.NaN;
    if (types.isSlice(type)) {
      if (!types.isStart(type)) return false;
      sawStart = true;
    }
    at = end;
  }
  return sawStart;
}

function readLength(sample: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0;
  for (let byte = at; byte < at + lengthBytes; byte++) length = length * 256 + (sample[byte] ?? 0);
  return length;
}
