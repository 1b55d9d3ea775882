import { setTimeout as sleep } from "node:timers/promises";
import { cpuSeconds } from "../measure/cpu-seconds.ts";
import type { ApiRequest, ApiServer } from "./api-server.ts";

/** What every dashboard shows: spans up to now, which move on while they are looked at. */
const DOZEN: readonly ApiRequest[] = [
  "/metrics/views/overall?timeframe[]=24:hours",
  "/metrics/unique_viewers/overall?timeframe[]=24:hours",
  "/metrics/playing_time/overall?timeframe[]=24:hours",
  "/metrics/viewer_experience_score/overall?timeframe[]=24:hours",
  "/metrics/playback_failure_percentage/overall?timeframe[]=60:minutes",
  "/metrics/views/timeseries?timeframe[]=24:hours",
  "/metrics/video_startup_time/timeseries?timeframe[]=24:hours",
  "/metrics/rebuffer_percentage/timeseries?timeframe[]=7:days",
  "/metrics/views/breakdown?group_by=video_title&order_by=views&timeframe[]=24:hours",
  "/metrics/video_startup_time/breakdown?group_by=country&timeframe[]=24:hours",
  "/metrics/comparison?timeframe[]=7:days",
  "/errors?timeframe[]=24:hours",
].map((path) => ({ path }));

const EVERY_MS = 10_000;

export interface DashboardFigures {
  /** Processor time of the engine, ms, without what it uses while nobody asks. */
  oneCpuMs: number;
  manyCpuMs: number;
}

/**
 * Dashboards, all alike, each from a random moment on, for so many seconds: one, then `many`. What the engine does by itself
 * takes some percent of a core, so nobody asks for as long first.
 */
export async function measureDashboards(
  server: ApiServer,
  enginePid: number,
  { many, seconds }: { many: number; seconds: number },
): Promise<DashboardFigures> {
  for (const request of DOZEN) await server.ask(request); // so that the first of them finds files in memory
  const idle = await cpuMsDuring(enginePid, () => sleep(seconds * 1_000));
  const ofDashboards = async (count: number) =>
    (await cpuMsDuring(enginePid, () => showDashboards(server, count, seconds))) - idle;
  return { oneCpuMs: await ofDashboards(1), manyCpuMs: await ofDashboards(many) };
}

async function showDashboards(server: ApiServer, count: number, seconds: number): Promise<void> {
  const untilMs = performance.now() + seconds * 1_000;
  const dashboard = async () => {
    for (let atMs = performance.now() + Math.random() * EVERY_MS; atMs < untilMs; atMs += EVERY_MS) {
      await sleep(Math.max(0, atMs - performance.now()));
      await Promise.all(DOZEN.map((request) => server.ask(request)));
    }
  };
  await Promise.all(Array.from({ length: count }, dashboard));
  await sleep(Math.max(0, untilMs - performance.now()));
}

async function cpuMsDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuSeconds(pid);
  await work();
  return (cpuSeconds(pid) - before) * 1_000;
}
