import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "./data-folder.ts";
import type { Service } from "./service.ts";

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

/** Resolves when the service's launch has succeeded: for a database that is launched ready. */
export function untilStarted(service: Service, signal: AbortSignal): Promise<void> {
  return until(service, async () => (service.isRunning ? "ready" : "still starting"), signal);
}

/** Resolves when what died and was started again answers ready; rejects when it dies once more or is stopped before that. */
export async function untilBack(service: Service, host: string, port: number, signal: AbortSignal): Promise<void> {
  const { deaths } = service.trouble;
  while (!service.isRunning || (await ask(host, port)) !== "ready") {
    await sleep(BACK_POLL_MS, undefined, { signal });
    if (service.trouble.deaths !== deaths) throw new Error(`${service.name} died again`);
  }
}

async function until(service: Service, ask: () => Promise<string>, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer === "ready") return;
    const { deaths, last } = service.trouble;
    if (deaths >= HOPELESS_DEATHS) throw new StartError(`${service.name} does not start: ${last}`);
    if (performance.now() > deadlineMs) throw new StartError(`${service.name} is not ready: ${answer}`);
    await sleep(POLL_MS);
  }
}

function ask(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ host, port, path: "/readyz", timeout: 2_000, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.once("end", () => resolve(response.statusCode === 200 ? "ready" : body.trim()));
      response.once("error", (error) => resolve(error.message));
    });
    request.once("timeout", () => request.destroy(new Error("no answer within 2 s")));
    request.once("error", (error) => resolve(error.message));
  });
}
