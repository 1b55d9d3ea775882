import { encodeInputEvent, type InputEvent, type InputSession } from "../../../domain/inputs/input-event.ts";
import type { DecodedRequest, PeekedEvent } from "../../../domain/wire/decode-request.ts";
import { peekEvent, type RejectReason } from "../../../domain/wire/peek-event.ts";
import { RequestViews } from "../../../domain/wire/request-views.ts";

/** Players send a few reports at a time, and those that gather them for others some hundred. */
export const MAX_REPORTS_PER_REQUEST = 1_000;

/** What is kept of a report that is not taken, in UTF-16 code units. */
const MAX_KEPT_LENGTH = 2_000;

/** Gathers the events of one request's reports, as if the web SDK had sent them. */
export class DecodedEvents {
  readonly #events: PeekedEvent[] = [];
  readonly #views = new RequestViews();
  #newestMs: number | null = null;

  /** Null, or why some of them are not taken whatever the environment. */
  add(session: InputSession, events: readonly InputEvent[]): RejectReason | null {
    let refused: RejectReason | null = null;
    const isAdmitted = this.#views.admit(session.viewId);
    for (const event of events) {
      const raw = encodeInputEvent(session, event);
      const peek = isAdmitted ? peekEvent(raw) : "too_many_views";
      if (typeof peek === "string") refused ??= peek;
      this.#events.push({ raw, peek });
      if (event.viewerTimeMs !== undefined) this.#newestMs = Math.max(this.#newestMs ?? 0, event.viewerTimeMs);
    }
    return refused;
  }

  /** The key stands beside it, so that its environment finds it among what was not taken. */
  reject(envKey: string, reason: RejectReason, report: string): void {
    this.#events.push({ raw: { ake: envKey, report: report.slice(0, MAX_KEPT_LENGTH) }, peek: reason });
  }

  /**
   * No format tells when a request was sent. The newest event of one session is nearest to it; the clocks of several have
   * nothing to do with each other.
   */
  asRequest(): DecodedRequest {
    const transmissionTimestampMs = this.#views.size === 1 ? this.#newestMs : null;
    return { kind: "accepted", transmissionTimestampMs, rttMs: null, events: this.#events };
  }
}
