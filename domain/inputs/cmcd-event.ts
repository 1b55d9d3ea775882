import { clientTime } from "./client-time.ts";
import { cmcdFields, pictureBitrate } from "./cmcd-fields.ts";
import { type CmcdReport, numberOf, numbersOf, textOf } from "./cmcd-report.ts";
import { responseEvent } from "./cmcd-response.ts";
import { EventNumbers } from "./event-numbers.ts";
import type { InputEvent, InputFields } from "./input-event.ts";

/** What a report amounts to, before it is numbered. */
interface Step {
  name: string;
  /** Before the report's own time: it tells afterwards how long something took. */
  earlierMs?: number;
  fields?: InputFields;
}

/** More stalls than this between two reports is no player's. */
const MAX_STALLS = 8;

/**
 * What it means that the player is in a state now. A report does not know the one before, so each names all that it ends
 * and begins: what is not going on is not ended twice, and what plays does not begin again (domain/view/timeline.ts).
 */
const STATE_STEPS: ReadonlyMap<string, readonly string[]> = new Map([
  ["s", ["viewstart"]],
  ["p", ["rebufferend", "seeked", "playing"]],
  ["k", ["rebufferend", "seeking"]],
  ["r", ["rebufferstart"]],
  ["a", ["seeked", "pause"]],
  ["e", ["seeked", "ended", "viewend"]],
  ["q", ["viewend"]],
  ["d", ["hb"]], // preloading: nobody wants to see it yet
]);

/** What an interval's report of the state may say again without telling of another start, stall, seek, error or end. */
const TOLD_AGAIN: ReadonlySet<string> = new Set(["s", "p", "a"]);
/** Players go on with their intervals for as long as the page is open, though nobody watches any more. */
const OVER: ReadonlySet<string> = new Set(["e", "f", "q"]);

/** Reports of one moment that say one thing; the others are of a state or carry more. */
const SINGLE_STEPS: ReadonlyMap<string, Step> = new Map([
  ["abs", { name: "adbreakstart" }],
  ["abe", { name: "adbreakend" }],
  ["ae", { name: "adended" }],
  ["sk", { name: "adskipped" }],
  ["pr", { name: "ratechange" }],
  ["m", { name: "volumechange", fields: { player_is_muted: true } }],
  ["um", { name: "volumechange", fields: { player_is_muted: false } }],
  ["pe", { name: "playbackmodechange", fields: { player_playback_mode: "expanded" } }],
  ["pc", { name: "playbackmodechange", fields: { player_playback_mode: "standard" } }],
]);

/**
 * The events of one report of CMCD version 2's event mode (CTA-5004-B); none of an interval after the end. Null where a
 * report cannot be placed: a sequence number that is none.
 *
 * @param text the report as it came, by which a report without a number is known again
 * @param arrivedAtMs stands in for a missing `ts`, Unix milliseconds
 */
export function cmcdEvents(report: CmcdReport, text: string, arrivedAtMs: number): InputEvent[] | null {
  const toldAtMs = clientTime(numberOf(report, "ts"));
  const kind = textOf(report, "e") ?? (report.has("rc") ? "rr" : "t");
  const numbers = EventNumbers.of({ sn: report.get("sn"), kind, text, atMs: toldAtMs ?? arrivedAtMs });
  if (numbers === null) return null;
  const playheadMs = numberOf(report, "pt");
  const fields = cmcdFields(report);
  const steps = stepsOf(kind, report);
  const events = steps.map((step, index) => ({
    name: step.name,
    sequence: numbers.at(index),
    viewerTimeMs: (toldAtMs ?? arrivedAtMs) - (step.earlierMs ?? 0),
    playheadMs: playheadMs !== undefined && playheadMs >= 0 ? playheadMs : undefined,
    fields: index === steps.length - 1 ? { ...fields, ...step.fields } : {}, // once: a field is its last writer's
  }));
  return kind === "rr" ? [...events, responseEvent(report, numbers.response(), toldAtMs)] : events;
}

function stepsOf(kind: string, report: CmcdReport): Step[] {
  const state = textOf(report, "sta") ?? "";
  if (kind === "rr") return startSteps(report);
  if (kind === "t" && OVER.has(state)) return [];
  const itself = ownSteps(kind, state, report);
  const start = startSteps(
    report,
    itself.some(({ name }) => name === "playing"),
  );
  return [...start, ...(kind === "ps" ? [] : stallSteps(report)), ...itself];
}

/** `msd` comes once, with the first report after the start: play was wanted that long before. */
function startSteps(report: CmcdReport, isPlayingTold = false): Step[] {
  const startupMs = numberOf(report, "msd");
  if (startupMs === undefined || startupMs < 0) return [];
  const play: Step = { name: "play", earlierMs: startupMs };
  return isPlayingTold ? [play] : [play, { name: "playing" }];
}

/**
 * `bsd` comes once, with the first report after a stall: with a change of state where those are reported, and they have told
 * of the stall already. Else it is all that tells of it; several are put one before the other, up to the report. A stall
 * that `bs` alone tells of has no length, so it is left out.
 */
function stallSteps(report: CmcdReport): Step[] {
  const stalls = numbersOf(report, "bsd").slice(-MAX_STALLS);
  let laterMs = stalls.reduce((sum, stall) => sum + stall, 0);
  return stalls.flatMap((stall) => {
    const earlierMs = laterMs;
    laterMs -= stall;
    return [
      { name: "rebufferstart", earlierMs },
      { name: "rebufferend", earlierMs: laterMs },
    ];
  });
}

function stateSteps(state: string, report: CmcdReport): Step[] {
  if (state === "f") return [errorStep(report, "fatal")];
  return (STATE_STEPS.get(state) ?? ["hb"]).map((name) => ({ name }));
}

function ownSteps(kind: string, state: string, report: CmcdReport): Step[] {
  if (kind === "ps" || (kind === "t" && TOLD_AGAIN.has(state))) return stateSteps(state, report);
  const single = SINGLE_STEPS.get(kind);
  if (single !== undefined) return [single];
  if (kind === "as") return [{ name: "adplay" }, { name: "adplaying" }];
  if (kind === "e") return [errorStep(report, state === "f" ? "fatal" : "warning")];
  if (kind === "bc") return [{ name: pictureBitrate(report) === undefined ? "hb" : "renditionchange" }];
  if (kind === "h") return [{ name: report.has("cdn") ? "cdnchange" : "hb" }];
  if (kind === "ce") return [{ name: "customevent", fields: { player_custom_event: textOf(report, "cen") } }];
  return [{ name: "hb" }];
}

/** A code is the player's own; only a fatal error ends playback. */
function errorStep(report: CmcdReport, severity: "fatal" | "warning"): Step {
  return { name: "error", fields: { player_error_code: textOf(report, "ec"), player_error_severity: severity } };
}
