import { setTimeout as sleep } from "node:timers/promises";
import { decodeViewSource, type ViewSource } from "../../domain/messages/view-source.ts";
import { type EventLog, LogUnavailableError } from "../../platform/eventlog/eventlog.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { RecentMap } from "./recent-map.ts";

/** By which playback id a view was placed that names none at the moment, answered from memory. */
export interface ViewSources {
  /** Null for views never heard of; undefined while the views from before the start are not read yet. */
  find(viewId: string): string | null | undefined;
  /** Call once the log has it. */
  remember(source: ViewSource): void;
  close(): Promise<void>;
}

/** About 300 bytes each. */
const MAX_VIEWS = 100_000;
const RETRY_MS = 1_000;

/**
 * Reads topic `view_sources` once, since an edge that was started anew hears only heartbeats of the views under way.
 * Resolves after the first attempt and goes on trying: on a full disk the topic cannot even be opened.
 * Keyed by view id alone, unlike all else: the environment is what is asked for. So the first word of a view holds, and
 * nobody can move a view by naming another id later.
 */
export async function openViewSources(eventlog: EventLog, log: Logger, retryMs = RETRY_MS): Promise<ViewSources> {
  const closing = new AbortController();
  const views = new RecentMap<string>(MAX_VIEWS);
  let isRead = await read();

  async function read(): Promise<boolean> {
    try {
      for await (const { value } of eventlog.readAll("view_sources", 0)) {
        const source = decodeViewSource(value.toString("utf8"));
        if (source !== null) remember(source);
      }
      return true;
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      log.warn({ err: error }, "cannot read the sources of views under way, trying on");
      return false;
    }
  }
  function remember({ viewId, playbackId }: ViewSource): void {
    if (views.get(viewId) === undefined) views.set(viewId, playbackId);
  }

  const reading = (async () => {
    while (!isRead && !closing.signal.aborted) {
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) isRead = await read();
    }
  })();
  reading.catch((error: unknown) => log.error({ err: error }, "the sources of views under way cannot be read"));
  return {
    find: (viewId) => views.get(viewId) ?? (isRead ? null : undefined),
    remember,
    close: async () => {
      closing.abort();
      await reading.catch(() => undefined);
    },
  };
}
