import type { RejectReason } from "../wire/peek-event.ts";

/** What is wrong with a beacon, and what its sender or an operator can do about it. */
export interface RejectionText {
  wrong: string;
  remedy: string;
}

/** Of one event: the others of the request are taken. */
const OF_EVENTS = {
  malformed_event: {
    wrong: "The event is no JSON object with a name, or is nested too deep to be written again.",
    remedy: "Send each event as a flat object whose member e (or event) is a name of up to 64 characters.",
  },
  missing_view_id: {
    wrong: "The event does not say which view it belongs to.",
    remedy: "Put the view's id into xid (or view_id) of every event.",
  },
  malformed_view_id: {
    wrong: "The view's id holds half of a character that takes two (a lone surrogate).",
    remedy: "Make view ids of plain letters and digits, such as a UUID.",
  },
  view_id_too_long: {
    wrong: "The view's id is longer than 255 characters.",
    remedy: "Use a shorter id, such as a UUID.",
  },
  missing_sequence_number: {
    wrong: "The event has no number in its view, so a repeat could not be told from a new event.",
    remedy: "Number the events of a view 1, 2, 3, … in xsqno (or view_sequence_number).",
  },
  malformed_sequence_number: {
    wrong: "The event's number is no whole number from 0 to 4,294,967,295.",
    remedy: "Number the events of a view 1, 2, 3, … in xsqno (or view_sequence_number).",
  },
  malformed_env_key: {
    wrong: "The environment key is not made of up to 64 lower-case letters and digits.",
    remedy:
      "Copy the key that npm start prints, without quotes, spaces or capitals. CMCD and EPAS carry it in the path: /cmcd/KEY, /epas/KEY.",
  },
  malformed_cmcd: {
    wrong: "The report is no CMCD: no list of keys and values as in CTA-5004.",
    remedy: "Send one report a line, with sid, as the media player's CMCD event mode does.",
  },
  malformed_epas: {
    wrong: "The event is no EPAS event.",
    remedy: "Send an object with the event's name, the session's id and its time.",
  },
  too_large_record: {
    wrong: "What the request says about one view is longer than 8 MiB once written anew (1e20 becomes 21 digits).",
    remedy: "Send fewer events at a time, and numbers as players write them.",
  },
  too_many_views: {
    wrong: "The request names more than 100 different views, and the event's is none of the first ones.",
    remedy: "Send fewer views at a time; players send one or two.",
  },
  too_many_open_views: {
    wrong:
      "The environment has about 400,000 views that may still change (25,000 in the view's partition), and this would be one more.",
    remedy:
      "Look for a sender that invents view ids. A view frees its place 5 minutes after it ended, 60 minutes after it fell silent.",
  },
  unknown_environment: {
    wrong: "No environment has this key, or nobody owns the playback id of a view without a key.",
    remedy:
      "Compare the key with the one that npm start prints; keys that were revoked count as unknown. A view without a key needs a playback id from here.",
  },
} as const satisfies Record<string, RejectionText>;

/** Of a whole request, which counts as one event: nobody knows how many it held. */
const OF_REQUESTS = {
  not_json: {
    wrong: "The body is no JSON; often it was cut off on its way.",
    remedy: "Send one JSON object in UTF-8, and look at proxies and unload handlers that cut bodies short.",
  },
  not_a_beacon: {
    wrong: "The body is JSON, but no object with a list of events.",
    remedy: 'Send {"metadata":{…},"events":[…]}.',
  },
  too_many_events: {
    wrong: "The request holds more than 3,600 events, or more than 1,000 CMCD or EPAS reports (512 KiB of CMCD).",
    remedy: "Send fewer at a time; players send up to 300.",
  },
  unreadable_body: {
    wrong: "The body is not packed as its Content-Encoding says, or in a way that is not known here.",
    remedy: "Pack with gzip, deflate or br, or send the body as it is.",
  },
  too_large: {
    wrong: "The body is larger than 4 MiB, packed or unpacked; the connection was closed.",
    remedy: "Send fewer events at a time.",
  },
  rate_limited: {
    wrong:
      "The sender's network had sent so much that was rejected, or so many large bodies at once, that this request was not read; counted, without a sample.",
    remedy:
      "Look at what was rejected before. What is well-formed from the same network is read again within half a minute after the rest has ceased.",
  },
} as const satisfies Record<string, RejectionText>;

/**
 * Each way a beacon can fail to be taken. Closed: the reason is also the metric's label. All are answered 200, since SDKs
 * send again for ever on anything else; only `too_large` has no answer. docs/data-collection.md lists them.
 */
export const REJECTION_REASONS = { ...OF_EVENTS, ...OF_REQUESTS } satisfies Record<RejectReason, RejectionText>;

export type RejectionReason = keyof typeof REJECTION_REASONS;

export function isRejectionReason(value: unknown): value is RejectionReason {
  return typeof value === "string" && Object.hasOwn(REJECTION_REASONS, value);
}
