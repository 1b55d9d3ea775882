import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { StartError } from "./data-folder.ts";
import type { Service } from "./service.ts";

/** Of `GET /readyz`; what is in it of other kinds is left to others. */
const Report = z.object({ checks: z.record(z.string(), z.looseObject({ degraded: z.string().optional() })) });

interface Answer {
  isReady: boolean;
  text: string;
}

const POLL_MS = 40;

/** Nobody waits for what is started again. */
const BACK_POLL_MS = 200;

/** Migrated and built, a program is ready within seconds; a slow machine gets a minute and a half. */
const PATIENCE_MS = 90_000;

/** A program that dies this often before it is ever ready will not get better by itself. */
const HOPELESS_DEATHS = 3;

/** Resolves when `GET /readyz` of that internal port answers 200; rejects with the reason when it is hopeless. */
export function untilReady(service: Service, host: string, port: number, signal: AbortSignal): Promise<void> {
  return until(service, () => ask(host, port), signal);
}

/** What a ready program does without, as sentences for people: `degraded` of its checks. */
export async function shortcomings(host: string, port: number): Promise<string[]> {
  const report = Report.safeParse(parseJson((await ask(host, port)).text));
  return Object.values(report.data?.checks ?? {}).flatMap(({ degraded }) => degraded ?? []);
}

/** Resolves when the service's launch has succeeded: for a database that is launched ready. */
export function untilStarted(service: Service, signal: AbortSignal): Promise<void> {
  return until(service, async () => ({ isReady: service.isRunning, text: "still starting" }), signal);
}

/** Resolves when what died and was started again answers ready; rejects when it dies once more or is stopped before that. */
export async function untilBack(service: Service, host: string, port: number, signal: AbortSignal): Promise<void> {
  const { deaths } = service.trouble;
  while (!service.isRunning || !(await ask(host, port)).isReady) {
    await sleep(BACK_POLL_MS, undefined, { signal });
    if (service.trouble.deaths !== deaths) throw new Error(`${service.name} died again`);
  }
}

async function until(service: Service, ask: () => Promise<Answer>, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    const { isReady, text } = await ask();
    if (isReady) return;
    const { deaths, last } = service.trouble;
    if (deaths >= HOPELESS_DEATHS) throw new StartError(`${service.name} does not start: ${last}`);
    if (performance.now() > deadlineMs) throw new StartError(`${service.name} is not ready: ${text}`);
    await sleep(POLL_MS);
  }
}

function ask(host: string, port: number): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ isReady: false, text: error.message });
    const request = get({ host, port, path: "/readyz", timeout: 2_000, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.once("end", () => resolve({ isReady: response.statusCode === 200, text: body.trim() }));
      response.once("error", fail);
    });
    request.once("timeout", () => request.destroy(new Error("no answer within 2 s")));
    request.once("error", fail);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // it is gone again, or another program listens there
  }
}
