import type { ViewSource } from "../../domain/messages/view-source.ts";
import type { PeekedEvent } from "../../domain/wire/decode-request.ts";
import { isVideoId, peekPlaybackIds } from "../../domain/wire/peek-playback-ids.ts";
import type { EdgeEnvironment } from "./environments.ts";
import type { PlaybackOwner } from "./playback-owners.ts";

/** Where events without a key belong, as far as it is known. */
export interface Ownership {
  /** Undefined where it has to be asked. */
  ownerOf(playbackId: string): PlaybackOwner | null | undefined;
  /** The playback id by which a view was placed before; undefined where that cannot be told yet. */
  sourceOf(viewId: string): string | null | undefined;
}

/**
 * Places the events of one request that no key places: by the playback id that an event names, else by one that another
 * event of its view names in the same request, else by the one that placed its view before. mux-player names it in every
 * event as `video_id`, unless the page gives a `video_id` of its own: then only full snapshots name it, in the source's URL.
 */
export class PlacingByPlaybackId {
  /** Ids whose owners have to be asked for. */
  readonly unknownIds = new Set<string>();
  /** An event could not be placed for want of an answer. */
  isBlocked = false;
  readonly #events: readonly PeekedEvent[];
  readonly #ownership: Ownership;
  readonly #learned = new Map<string, string>();
  #namedByView: ReadonlyMap<string, ReadonlySet<string>> | null = null;

  constructor(events: readonly PeekedEvent[], ownership: Ownership) {
    this.#events = events;
    this.#ownership = ownership;
  }

  /** Views whose playback id has to be remembered, because not every event names it. */
  get learned(): ViewSource[] {
    return [...this.#learned].map(([viewId, playbackId]) => ({ viewId, playbackId }));
  }

  /** Null where nobody owns what the view plays; undefined where that is not known yet. */
  place(raw: unknown, viewId: string): EdgeEnvironment | null | undefined {
    const before = this.#ownership.sourceOf(viewId);
    let isUnknown = false;
    for (const playbackId of this.#candidates(raw, viewId, before)) {
      const owner = this.#ownership.ownerOf(playbackId);
      if (owner === undefined) {
        this.unknownIds.add(playbackId);
        isUnknown = true;
      } else if (owner !== null && !isUnknown) {
        if (!before && !isVideoId(raw, playbackId)) this.#learned.set(viewId, playbackId);
        return owner.environment;
      }
    }
    if (!isUnknown && before !== undefined) return null;
    this.isBlocked = true;
    return undefined;
  }

  #candidates(raw: unknown, viewId: string, before: string | null | undefined): string[] {
    this.#namedByView ??= playbackIdsByView(this.#events);
    const ofView = this.#namedByView.get(viewId) ?? [];
    return [...peekPlaybackIds(raw), ...ofView, ...(before ? [before] : [])];
  }
}

/** What may be playback ids, by view, of the events that name their source. */
function playbackIdsByView(events: readonly PeekedEvent[]): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const { raw, peek } of events) {
    if (typeof peek === "string") continue;
    const playbackIds = peekPlaybackIds(raw);
    if (playbackIds.length === 0) continue;
    const ofView = named.get(peek.viewId) ?? new Set();
    for (const playbackId of playbackIds) ofView.add(playbackId);
    named.set(peek.viewId, ofView);
  }
  return named;
}
