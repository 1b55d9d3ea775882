const SLICE = 1;
const IDR_SLICE = 5;

/**
 * True when every slice (NAL types 1 to 5, ITU-T H.264 table 7-1) of a length-prefixed sample is type 5: a real IDR, not a
 * recovery point that a muxer marked as sync. False for a sample without slices or one that is cut off.
 *
 * @param lengthBytes of each NAL's length field: 1, 2 or 4
 */
export function isIdrSample(sample: Uint8Array, lengthBytes: number): boolean {
  let sawIdr = false;
  for (let at = 0; at < sample.length; ) {
    const nal = at + lengthBytes;
    const end = nal + readLength(sample, at, lengthBytes);
    if (end > sample.length) return false;
    const type = end > nal ? (sample[nal] ?? 0) & 31 : 0;
    if (type >= SLICE && type < IDR_SLICE) return false;
    if (type === IDR_SLICE) sawIdr = true;
    at = end;
  }
  return sawIdr;
}

function readLength(sample: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0;
  for (let byte = at; byte < at + lengthBytes; byte++) length = length * 256 + (sample[byte] ?? 0);
  return length;
}
