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
 * A player names one or two; the rest are looked up with the events that name them alone, or a view of thousands of ids and
 * events would cost the product of both.
 */
const MAX_IDS_OF_VIEW = 8;

/** The first of some ids that anybody owns. */
interface Owned {
  playbackId: string;
  environment: EdgeEnvironment;
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
  readonly #learned = new Map<string, ViewSource>();
  #namedByView: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  /** What their events' ids come to, by view: the same for each of its events. */
  readonly #ownedByView = new Map<string, Owned | null | undefined>();

  constructor(events: readonly PeekedEvent[], ownership: Ownership) {
    this.#events = events;
    this.#ownership = ownership;
  }

  /** Views whose playback id has to be remembered, because not every event names it. */
  get learned(): ViewSource[] {
    return [...this.#learned.values()];
  }

  /** Null where nobody owns what the view plays; undefined where that is not known yet. */
  place(raw: unknown, viewId: string): EdgeEnvironment | null | undefined {
    const before = this.#ownership.sourceOf(viewId);
    const owned = this.#ownerAmong(raw, viewId, before);
    if (owned === undefined || (owned === null && before === undefined)) {
      this.isBlocked = true;
      return undefined;
    }
    if (owned === null) return null;
    const { playbackId, environment } = owned;
    const { environmentId } = environment;
    if (!before && !isVideoId(raw, playbackId)) this.#learned.set(viewId, { viewId, playbackId, environmentId });
    return environment;
  }

  /** By what the event names, else the others of its view, else what placed the view before: an unknown one hides the rest. */
  #ownerAmong(raw: unknown, viewId: string, before: string | null | undefined): Owned | null | undefined {
    const ofEvent = this.#firstOwned(peekPlaybackIds(raw));
    if (ofEvent) return ofEvent;
    const ofView = this.#ownerOfView(viewId);
    const ofBefore = before && !ofView ? this.#firstOwned([before]) : null;
    if (ofEvent === undefined || ofView === undefined) return undefined;
    return ofView ?? ofBefore;
  }

  #ownerOfView(viewId: string): Owned | null | undefined {
    const known = this.#ownedByView.get(viewId);
    if (known !== undefined || this.#ownedByView.has(viewId)) return known;
    this.#namedByView ??= playbackIdsByView(this.#events);
    const found = this.#firstOwned(this.#namedByView.get(viewId) ?? []);
    this.#ownedByView.set(viewId, found);
    return found;
  }

  /** Undefined where one has to be asked for first; all such are noted at once. */
  #firstOwned(playbackIds: Iterable<string>): Owned | null | undefined {
    let isUnknown = false;
    for (const playbackId of playbackIds) {
      const owner = this.#ownership.ownerOf(playbackId);
      if (owner === undefined) {
        this.unknownIds.add(playbackId);
        isUnknown = true;
      } else if (owner !== null && !isUnknown) return { playbackId, environment: owner.environment };
    }
    return isUnknown ? undefined : null;
  }
}

/** What may be playback ids, by view, of the events that name any: the first ones. */
function playbackIdsByView(events: readonly PeekedEvent[]): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const { raw, peek } of events) {
    if (typeof peek === "string") continue;
    const playbackIds = peekPlaybackIds(raw);
    if (playbackIds.length === 0) continue;
    const ofView = named.get(peek.viewId) ?? new Set();
    for (const playbackId of playbackIds) if (ofView.size < MAX_IDS_OF_VIEW) ofView.add(playbackId);
    named.set(peek.viewId, ofView);
  }
  return named;
}
