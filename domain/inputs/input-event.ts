import type { FieldValue } from "../wire/decode-events.ts";
import { encodeEvent } from "../wire/encode-event.ts";

/** Fields by their long names; what is undefined is not told. */
export type InputFields = Readonly<Record<string, FieldValue | undefined>>;

/** An event that a report of another format amounts to. */
export interface InputEvent {
  /** As the web SDK calls it (docs/inputs.md). */
  name: string;
  /** Within its view: the same for a repeat of the same report. */
  sequence: number;
  /** Client clock, Unix milliseconds; undefined where the format tells none. */
  viewerTimeMs?: number | undefined;
  /** Media position in milliseconds. */
  playheadMs?: number | undefined;
  fields: InputFields;
  /** Headers of the response, by lower-case name. */
  responseHeaders?: Readonly<Record<string, string>>;
}

/** Whose events they are. */
export interface InputSession {
  envKey: string;
  viewId: string;
}

/** The event as the web SDK would have sent it. */
export function encodeInputEvent({ envKey, viewId }: InputSession, event: InputEvent): Record<string, unknown> {
  const { name, sequence, viewerTimeMs, playheadMs, responseHeaders } = event;
  const envelope = {
    event: name,
    view_id: viewId,
    view_sequence_number: sequence,
    env_key: envKey,
    viewer_time: viewerTimeMs,
    player_playhead_time: playheadMs,
  };
  const told = Object.entries({ ...event.fields, ...envelope }).filter(([, value]) => value !== undefined);
  const isTraced = responseHeaders !== undefined && Object.keys(responseHeaders).length > 0;
  const nested = isTraced ? { request_response_headers: responseHeaders } : {};
  return encodeEvent({ fields: Object.fromEntries(told) as Record<string, FieldValue>, nested });
}
