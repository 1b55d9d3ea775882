import { type Incident, incidentWindow } from "../../domain/simulation/incident.ts";
import type { Progress } from "./run.ts";

const BARS = "▁▂▃▄▅▆▇█";
/** As many values as fit beside the figures in 100 columns. */
const WIDTH = 24;

/** One line about how it goes: viewers as a picture of the last readings, beacons a second, failures, time left. */
export function createProgressLine(viewers: number, incidents: readonly Incident[], rampMs: number) {
  const history: number[] = [];
  return (progress: Progress): string => {
    history.push(progress.watching);
    if (history.length > WIDTH) history.shift();
    const failed = progress.refused + progress.unanswered;
    return [
      `${sparkline(history, viewers).padStart(WIDTH, " ")} ${progress.watching} watching`,
      `${progress.requestsPerSecond.toFixed(0)} beacons/s`,
      failed === 0 ? "all accepted" : `${failed} not accepted (${progress.lastError})`,
      ...incidents.filter((incident) => isOn(incident, rampMs, progress.elapsedMs)).map(incidentText),
      `${clock(Math.max(0, progress.totalMs - progress.elapsedMs))} left`,
    ].join(" · ");
  };
}

function sparkline(values: readonly number[], most: number): string {
  const level = (value: number) => Math.min(BARS.length - 1, Math.floor((value / Math.max(1, most)) * BARS.length));
  return values.map((value) => (value === 0 ? " " : BARS.charAt(level(value)))).join("");
}

function isOn(incident: Incident, rampMs: number, elapsedMs: number): boolean {
  const { fromMs, toMs } = incidentWindow(incident, rampMs);
  return elapsedMs >= fromMs && elapsedMs < toMs;
}

function incidentText({ kind, dimension, value }: Incident): string {
  return `! ${kind} ${dimension}=${value}`;
}

/** "4:05". */
function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
