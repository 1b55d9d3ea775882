/** What the generator is asked to do. */
export interface GeneratorOrder {
  /** Of the collector, on this machine. */
  port: number;
  envKey: string;
  viewers: number;
  /** They come evenly within this time. */
  rampMs: number;
  /** After this everybody leaves; the ramp is part of it. */
  durationMs: number;
  connections: number;
}

/** What really happened, as the generator knows it. */
export interface GeneratorResult {
  requests: number;
  /** Answered otherwise than with 200, or not at all; each was sent again. */
  failed: number;
  /** Requests that were given up when the time for it was over: any voids the run. */
  lost: number;
  bodyBytes: number;
  views: number;
  /** Each once, however often it was sent. */
  events: number;
  /** Sent again although it had been taken, as the SDK does with its last batch. */
  repeatedEvents: number;
  /** Views that are watched at the end of each 5-second bucket; `most` where a view begins or ends close to it. */
  concurrent: { bucketMs: number; least: number; most: number }[];
  /** Last byte sent to the answer. */
  answerP99Ms: number;
  /** How much later than they should requests were sent. */
  latenessP99Ms: number;
}

/** What the generator tells each second. */
export interface GeneratorProgress {
  progress: { watching: number; requests: number; failed: number; waiting: number };
}
