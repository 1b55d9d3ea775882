import type { Agenda } from "./agenda.ts";
import type { Dice } from "./behaviour.ts";
import { pageUrl, SITE_ORIGIN } from "./metadata.ts";
import {
  MAX_EVENTS_PER_SEND,
  type Outbox,
  type QueuedEvent,
  requestBody,
  settleBatch,
  takeBatch,
  tickDelayMs,
} from "./outbox.ts";
import type { Page } from "./page.ts";
import { createRandom, deriveSeed } from "./random.ts";

/** One HTTP request to the collector. Its outcome belongs to `acknowledge` or `fail` of the viewer. */
export interface SendAction {
  id: number;
  viewerIndex: number;
  /** True time, Unix milliseconds. */
  at: number;
  /** `beacon`: the browser ignores the answer, and so does the SDK. */
  kind: "fetch" | "beacon";
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Events in it. */
  events: number;
}

/** Sends for one viewer, page after page, and hears the answers. */
export interface Transport {
  setNow(nowMs: number): void;
  flush(page: Page, atMs: number): void;
  armTick(page: Page, atMs: number): void;
  /** The queue of a page that closes: by beacon and by fetch, in either order (data-wire.md §2.5). */
  sendLast(page: Page, atMs: number): void;
  settle(actionId: number, accepted: boolean, nowMs: number): void;
  /** What is to be sent since the last call. */
  drain(): SendAction[];
  isIdle(): boolean;
}

interface Pending {
  batch: readonly QueuedEvent[];
  /** null for the last requests of a page, which nobody waits for. */
  page: Page | null;
}

/** Mixes into the seed so that the network's chance does not change what the viewer does. */
const TRANSPORT_SEED = 0x5eed;

export function createTransport(viewerIndex: number, { options, person }: Dice, agenda: Agenda): Transport {
  const random = createRandom(deriveSeed(options.seed ^ TRANSPORT_SEED, viewerIndex));
  const pending = new Map<number, Pending>();
  let actions: SendAction[] = [];
  let lastId = 0;
  let nowMs = 0;

  function send(page: Page, batch: readonly QueuedEvent[], kind: SendAction["kind"], waits: boolean): void {
    lastId += 1;
    pending.set(lastId, { batch, page: waits ? page : null });
    for (const { course, sequence } of batch) course.sent.add(sequence);
    actions.push({
      id: lastId,
      viewerIndex,
      at: nowMs,
      kind,
      headers: headersOf(page, kind),
      body: requestBody(batch, nowMs + person.clockSkewMs, page.outbox.rttMs),
      events: batch.length,
    });
  }

  function headersOf({ course }: Page, kind: SendAction["kind"]): Record<string, string> {
    return {
      "content-type": kind === "fetch" ? "text/plain" : "text/plain;charset=UTF-8",
      "user-agent": person.device.userAgent,
      "x-forwarded-for": person.address,
      origin: SITE_ORIGIN,
      referer: pageUrl(course.title),
    };
  }

  function flush(page: Page, atMs: number): void {
    if (page.outbox.closed) return;
    agenda.set("tick", atMs + tickDelayMs(page.outbox, random), (dueMs) => tick(page, dueMs));
    const batch = takeBatch(page.outbox, nowMs);
    if (batch !== null) send(page, batch, "fetch", true);
  }

  function tick(page: Page, atMs: number): void {
    if (!isEmpty(page.outbox)) flush(page, atMs);
  }

  function armTick(page: Page, atMs: number): void {
    if (page.outbox.closed || agenda.has("tick")) return;
    agenda.set("tick", atMs + tickDelayMs(page.outbox, random), (dueMs) => tick(page, dueMs));
  }

  return {
    setNow: (now) => {
      nowMs = Math.round(now);
    },
    flush,
    armTick,
    sendLast(page) {
      const batch = page.outbox.queue.splice(0).slice(-MAX_EVENTS_PER_SEND);
      if (batch.length === 0) return;
      const kinds: SendAction["kind"][] = random.chance(0.5) ? ["beacon", "fetch"] : ["fetch", "beacon"];
      for (const kind of kinds) send(page, batch, kind, false);
    },
    settle(actionId, accepted, now) {
      const settled = pending.get(actionId);
      if (settled === undefined) return;
      pending.delete(actionId);
      if (accepted) for (const { course, sequence } of settled.batch) course.acknowledged.add(sequence);
      const { page } = settled;
      if (page === null) return;
      const due = settleBatch(page.outbox, accepted, now);
      if (due) agenda.set("flush", Math.round(now), (dueMs) => flush(page, dueMs));
      else if (!isEmpty(page.outbox)) armTick(page, Math.round(now));
    },
    drain() {
      const drained = actions;
      actions = [];
      return drained;
    },
    isIdle: () => pending.size === 0 && actions.length === 0,
  };
}

function isEmpty({ queue, inFlight }: Outbox): boolean {
  return queue.length === 0 && inFlight === null;
}
