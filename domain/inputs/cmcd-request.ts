import { cmcdFields, pictureBitrate } from "./cmcd-fields.ts";
import { type CmcdReport, flagOf, numberOf, numbersOf, textOf } from "./cmcd-report.ts";
import type { InputEvent } from "./input-event.ts";
import { timedSequence } from "./timed-sequence.ts";

/**
 * A view asks for several objects a second, which say the same: one of each kind is kept in this span. Playing counts as
 * going on for 30 s after the newest event. Numbers start again after 85 years.
 */
const SLOT_MS = 10_000;

/** Kinds in the order in which those of one slot happened, as far as it can matter. */
const RANKS = { hb: 0, renditionchange: 1, pause: 9, playing: 10, rebufferstart: 11, rebufferend: 12 } as const;
type Kind = keyof typeof RANKS;
/** A slot's bitrates are kept more finely, in as many parts of it: a player that starts changes twice within seconds. */
const RENDITION_PARTS = RANKS.pause - RANKS.renditionchange;

const MEDIA_TYPES: ReadonlySet<string> = new Set(["v", "a", "av"]);

/**
 * The events of one report of CMCD version 1 (CTA-5004), which a media request carried: it tells neither a time nor a
 * number, so both are of its arrival. What it does not tell is not made up: no start-up time, no error, no end, and a
 * stall (`bs`) without a length.
 */
export function requestEvents(report: CmcdReport, arrivedAtMs: number): InputEvent[] {
  const { video_source_bitrate: bitrate, ...fields } = cmcdFields(report);
  return kindsOf(report).map((kind) => {
    const part = kind === "renditionchange" ? Math.floor(((arrivedAtMs % SLOT_MS) / SLOT_MS) * RENDITION_PARTS) : 0;
    return {
      name: kind,
      sequence: timedSequence(arrivedAtMs, RANKS[kind] + part, SLOT_MS),
      viewerTimeMs: arrivedAtMs,
      // Whatever its kind, it may be the only one of its slot that is kept. A bitrate makes a mark in the view.
      fields: kind === "renditionchange" ? { ...fields, video_source_bitrate: bitrate } : fields,
    };
  });
}

function kindsOf(report: CmcdReport): Kind[] {
  const kinds: Kind[] = [stateOf(report)];
  if (isOfPicture(report) && pictureBitrate(report) !== undefined) kinds.push("renditionchange");
  if (flagOf(report, "bs") === true) kinds.push("rebufferstart", "rebufferend");
  return kinds;
}

/** Playlists and initialisation segments are asked for before it is sure what will be shown. */
function isOfPicture(report: CmcdReport): boolean {
  const type = textOf(report, "ot");
  return type === undefined || type === "v" || type === "av";
}

/** A player that is past its start (`su`) and has something to play (`bl`) plays, unless its rate says otherwise. */
function stateOf(report: CmcdReport): Kind {
  if (numberOf(report, "pr") === 0) return "pause";
  const isMedia = MEDIA_TYPES.has(textOf(report, "ot") ?? "");
  const isUrgent = flagOf(report, "su") === true || flagOf(report, "bs") === true;
  const isEmpty = numbersOf(report, "bl").some((bufferMs) => bufferMs === 0);
  return isMedia && !isUrgent && !isEmpty ? "playing" : "hb";
}
