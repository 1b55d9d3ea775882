import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { z } from "zod";
import type { SubscribeWire } from "../../domain/monitoring/socket-wire.ts";

/** Debian's own. */
const CHROMIUM = "/usr/bin/chromium";

const Sighting = z.object({ title: z.string(), atMs: z.number() });
const News = z.object({
  marks: z.array(Sighting),
  floor: z.array(Sighting),
  messages: z.array(z.object({ id: z.string(), atMs: z.number(), asOf: z.number(), delayMs: z.number() })),
  trouble: z.array(z.string()),
});
/** What the page has seen since it was last asked. */
export type PageNews = z.output<typeof News>;

export interface WatchOrder {
  socketUrl: string;
  token: string;
  floorUrl: string;
  subscriptions: readonly SubscribeWire[];
}

export interface Browser {
  version: string;
  /** Resolves when all subscriptions have their snapshot. */
  watch(order: WatchOrder): Promise<void>;
  drain(): Promise<PageNews>;
  refreshToken(token: string): Promise<void>;
  /** The page's clock minus ours, ms, to within half of the quickest of some round trips. */
  clockOffsetMs(clock: () => number): Promise<{ offsetMs: number; withinMs: number }>;
  close(): Promise<void>;
}

const CLOCK_TRIALS = 40;
const ANSWER_MS = 30_000;

/** A real browser with one page: Socket.IO's own bundle and a script that keeps what arrives. */
export async function openBrowser(): Promise<Browser> {
  const files = await servePage();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-background-networking"],
    timeout: ANSWER_MS,
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(ANSWER_MS);
  const ask = (expression: string): Promise<unknown> =>
    Promise.race([page.evaluate(expression), refusal(`the page did not answer ${expression.slice(0, 20)}`)]);
  await page.goto(files.url);
  return {
    version: browser.version(),
    watch: async (order) => void (await ask(`page.watch(${JSON.stringify(order)})`)),
    drain: async () => News.parse(await ask("page.drain()")),
    refreshToken: async (token) => void (await ask(`page.refreshToken(${JSON.stringify(token)})`)),
    clockOffsetMs: async (clock) => {
      let best = { offsetMs: Number.NaN, withinMs: Number.POSITIVE_INFINITY };
      for (let trial = 0; trial < CLOCK_TRIALS; trial += 1) {
        const beforeMs = clock();
        const pageMs = z.number().parse(await ask("page.clock()"));
        const withinMs = (clock() - beforeMs) / 2;
        if (withinMs < best.withinMs) best = { offsetMs: pageMs - (beforeMs + withinMs), withinMs };
      }
      return best;
    },
    close: async () => {
      await browser.close();
      files.close();
    },
  };
}

/** Rejects when an answer is overdue: `evaluate` itself waits for ever. */
async function refusal(message: string): Promise<never> {
  await sleep(ANSWER_MS, undefined, { ref: false });
  throw new Error(message);
}

async function servePage(): Promise<{ url: string; close(): void }> {
  const bundle = createRequire(import.meta.url).resolve("socket.io-client/dist/socket.io.js");
  const [html, script] = await Promise.all([readFile(new URL("page.html", import.meta.url)), readFile(bundle)]);
  const server = createServer((request, response) => {
    const isScript = request.url === "/socket.io.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
