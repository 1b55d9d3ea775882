import { decodeViewSource, type ViewSource } from "../../domain/messages/view-source.ts";
import type { EventLog } from "../../platform/eventlog/eventlog.ts";
import { followPatiently } from "../../platform/eventlog/follow-patiently.ts";
import { SharedLru } from "../../platform/memory/shared-lru.ts";
import type { Logger } from "../../platform/observability/logger.ts";

/** By which playback id a view was placed that names none at the moment, answered from memory. */
export interface ViewSources {
  /** Null for views never heard of; undefined while the views from before the start are not read yet. */
  find(viewId: string): string | null | undefined;
  /** Call once the log has it. */
  remember(source: ViewSource): void;
  close(): Promise<void>;
}

/** About 400 bytes each. */
const MAX_VIEWS = 100_000;
const RETRY_MS = 1_000;

/**
 * Follows topic `view_sources`: an edge that was started anew hears only heartbeats of the views under way, and another edge
 * may have heard of a view first. Resolves when the past is read, or cannot be for now; then it is tried on.
 * Keyed by view id alone, unlike all else: the environment is what is asked for. So the first word of a view holds, and
 * nobody can move a view by naming another id later.
 */
export async function openViewSources(eventlog: EventLog, log: Logger, retryMs = RETRY_MS): Promise<ViewSources> {
  const closing = new AbortController();
  const views = new SharedLru<string>(MAX_VIEWS); // shared by environments: anybody can make up views of a public playback id
  const tried = Promise.withResolvers<void>();
  let isRead = false;

  function remember({ viewId, playbackId, environmentId }: ViewSource): void {
    if (views.get(viewId) === undefined) views.set(environmentId ?? 0, viewId, playbackId);
  }
  const following = followPatiently(eventlog, {
    ...{ topic: "view_sources", partition: 0, signal: closing.signal, log, retryMs },
    onFollowed: ({ records, isCaughtUp }) => {
      for (const { value } of records) {
        const source = decodeViewSource(value.toString("utf8"));
        if (source !== null) remember(source);
      }
      isRead ||= isCaughtUp;
      if (isRead) tried.resolve();
    },
    onTrouble: tried.resolve,
  });
  following.catch((error: unknown) => {
    log.error({ err: error }, "the sources of views under way cannot be read");
    tried.reject(error);
  });
  await tried.promise;
  return {
    find: (viewId) => views.get(viewId) ?? (isRead ? null : undefined),
    remember,
    close: async () => {
      closing.abort();
      await following.catch(() => undefined);
    },
  };
}
