import type { RejectionReason } from "./rejection-reasons.ts";

/** Samples are counted over this long. */
export const SAMPLE_SPAN_MS = 60_000;

/**
 * Most bytes of samples in one span: in all (1.4 GB a day, whatever anybody sends), of one environment, of one reason in
 * it, and of one sender's network. Each leaves room for others within the one before it.
 */
export const SAMPLE_CAPS = {
  inAll: 1_048_576,
  environment: 393_216,
  reason: 196_608,
  sender: 98_304,
} as const;
/** Most samples of one sender in a span: ten equal ones say no more than one. */
export const MAX_SAMPLES_OF_SENDER = 10;

export interface SampleOrigin {
  /** 0: of none. */
  environmentId: number;
  reason: RejectionReason;
  /** Address cut to its network. */
  sender: string;
}

/** Decides which samples are kept, so that no sender fills the disk or pushes out what others sent. Without a clock. */
export class SampleCaps {
  #span = Number.NaN;
  #inAll = 0;
  readonly #bytes = new Map<string, number>(); // keys only of what was kept, so as few as fit in a span
  readonly #samples = new Map<string, number>();

  /** True, and counted, when a sample of this size still fits at this time. */
  admit(atMs: number, { environmentId, reason, sender }: SampleOrigin, sizeBytes: number): boolean {
    this.#turnTo(Math.floor(atMs / SAMPLE_SPAN_MS));
    const totals = [
      [`environment ${environmentId}`, SAMPLE_CAPS.environment],
      [`reason ${environmentId} ${reason}`, SAMPLE_CAPS.reason],
      [`sender ${sender}`, SAMPLE_CAPS.sender],
    ] as const;
    const samples = this.#samples.get(sender) ?? 0;
    if (samples >= MAX_SAMPLES_OF_SENDER || this.#inAll + sizeBytes > SAMPLE_CAPS.inAll) return false;
    if (totals.some(([key, cap]) => (this.#bytes.get(key) ?? 0) + sizeBytes > cap)) return false;
    this.#inAll += sizeBytes;
    this.#samples.set(sender, samples + 1);
    for (const [key] of totals) this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + sizeBytes);
    return true;
  }

  #turnTo(span: number): void {
    if (span === this.#span) return;
    this.#span = span;
    this.#inAll = 0;
    this.#bytes.clear();
    this.#samples.clear();
  }
}
