/** One record of topic `rejected`: how many events of one request were not taken and why, with one of them to look at. */
export interface RejectedRecord {
  v: 1;
  reason: string;
  count: number;
  atMs: number;
  /** Cut to /24 or /48. */
  address: string;
  userAgent: string;
  /** The first such event or body, as text, cut; null where enough samples of this reason were kept just now. */
  sample: string | null;
}

/** Longest sample, in UTF-16 code units. */
export const MAX_SAMPLE_LENGTH = 2_000;
