import { initKey, segmentKey, soundTrackRef } from "../../domain/media/object-keys.ts";
import { type AudioRendition, type Plan, segmentSeconds, type VideoRendition } from "../../domain/media/plan.ts";
import { soundRun } from "../../domain/media/sound-runs.ts";
import { soundTrackOf } from "../../domain/media/sound-track.ts";
import type { WantedInit, WantedSegment } from "../../domain/media/transcoder-wire.ts";
import { findPlayable } from "../../domain/media/trick-rendition.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import type { ObjectInfo, Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { cutPictures, cutSound, pictureInit, soundInit } from "../package/cut-segment.ts";
import { soundOf } from "../source/open-source.ts";
import type { PlannedSource, SourceCache } from "../source/source-cache.ts";
import { type EncodingParts, makeEncoded } from "./encoded-segments.ts";
import { makeEncodedSound } from "./encoded-sounds.ts";
import type { Priority } from "./slots.ts";
import { wholeObjects } from "./whole-objects.ts";

export interface MakerParts extends Omit<EncodingParts, "objects"> {
  objects: Objects;
  sources: SourceCache;
  log: Logger;
}

/** What was asked for does not exist: no such plan, rendition or segment. */
export class NothingToMakeError extends Error {
  override readonly name = "NothingToMakeError";
}

type Wanted = WantedInit | WantedSegment;
type Rendition = VideoRendition | AudioRendition;

/** Makes objects that are not there yet: each once, however many ask, here and on other transcoders. */
export class ObjectMaker {
  readonly #parts: EncodingParts;
  readonly #sources: SourceCache;
  readonly #log: Logger;
  readonly #making = new SharedCalls<void>();
  /** Work that a viewer waits for, also where it was begun to be ahead of one. */
  readonly #urgent = new Set<string>();
  readonly #stop = new AbortController();
  readonly #prefetching = new Set<Promise<unknown>>();

  constructor({ objects, sources, log, ...parts }: MakerParts) {
    this.#parts = { ...parts, objects: wholeObjects(objects, log) };
    this.#sources = sources;
    this.#log = log;
  }

  /**
   * Resolves with the stored object, made now if need be. Rejects with NothingToMakeError for what the plan does not have, and
   * with the signal's reason; work that nobody waits for any more is stopped.
   */
  async make(wanted: Wanted, priority: Priority, signal: AbortSignal): Promise<ObjectInfo> {
    const { find, store: objects } = this.#parts.objects;
    const key = keyOf(wanted);
    const stored = await find(key);
    if (stored !== null) return stored;
    const { planned, rendition } = await this.#look(wanted);
    const work = workKey(wanted, rendition);
    signal.throwIfAborted();
    if (priority === "viewer") this.#urgent.add(work);
    await this.#making.join(work, signal, async (stop) => {
      const current = (): Priority => (this.#urgent.has(work) ? "viewer" : priority);
      await this.#produce(wanted, planned, rendition, current, stop).finally(() => this.#urgent.delete(work));
    });
    const made = await objects.head(key); // its bytes were hashed on their way in
    if (made === null) throw new Error(`${key} is missing after it was made`);
    if (priority === "viewer" && wanted.kind === "segment") this.#prefetchNext(wanted, planned.plan, rendition);
    return made;
  }

  /** Makes it soon, behind everybody who waits; failures are logged only. */
  prefetch(wanted: Wanted): void {
    const work = this.make(wanted, "prefetch", this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#log.warn({ err: error, key: keyOf(wanted) }, "prefetch failed");
    });
    this.#prefetching.add(work);
    void work.finally(() => this.#prefetching.delete(work));
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the transcoder stops"));
    await Promise.all(this.#prefetching);
  }

  async #look(wanted: Wanted): Promise<{ planned: PlannedSource; rendition: Rendition }> {
    const trackId = soundTrackOf(wanted.rendition);
    const owner = trackId === null ? wanted : soundTrackRef({ ...wanted, trackId });
    const planned = await this.#sources.get(owner, wanted.planId);
    const rendition = planned === null ? null : findPlayable(planned.plan, wanted.rendition);
    if (planned === null || rendition === null) throw new NothingToMakeError(`${keyOf(wanted)} belongs to no plan`);
    if (wanted.kind === "segment" && !hasSegment(planned.plan, rendition, wanted.segment)) {
      throw new NothingToMakeError(`${keyOf(wanted)}: the rendition has nothing there`);
    }
    return { planned, rendition };
  }

  /** What a player asks for next. What is only cut out is there in no time anyway. */
  #prefetchNext(wanted: WantedSegment, plan: Plan, rendition: Rendition): void {
    // of a sound, the first segment that is not made with this one
    const segment = "channels" in rendition ? soundRun(rendition, wanted.segment).end : wanted.segment + 1;
    if (rendition.kind === "encoded" && hasSegment(plan, rendition, segment)) this.prefetch({ ...wanted, segment });
  }

  async #produce(
    wanted: Wanted,
    { plan, source, layerOf }: PlannedSource,
    rendition: Rendition,
    priority: () => Priority,
    stop: AbortSignal,
  ): Promise<void> {
    const { store, keep } = this.#parts.objects;
    const { picture } = source;
    const key = keyOf(wanted);
    if ("channels" in rendition) {
      if (rendition.kind === "encoded") {
        const order = { ...wanted, plan, source, rendition, segment: segmentOf(wanted) };
        return makeEncodedSound(this.#parts, order, priority, stop);
      }
      const sound = soundOf(source, rendition);
      const isInit = wanted.kind === "init";
      const bytes = isInit ? soundInit(sound) : await cutSound(store, source.key, sound, plan, wanted.segment);
      await keep(key, Buffer.from(bytes));
      return;
    }
    if (picture === null) throw new Error(`${key}: the source has no picture, the plan has`);
    const pictured = { ...source, picture };
    if (rendition.kind === "encoded") {
      const order = { ...wanted, plan, source: pictured, layerOf, rendition, segment: segmentOf(wanted) };
      return makeEncoded(this.#parts, order, priority, stop);
    }
    const isInit = wanted.kind === "init";
    await keep(
      key,
      isInit ? Buffer.from(pictureInit(picture)) : await cutPictures(store, pictured, plan, wanted.segment),
    );
  }
}

/** An encoded rendition's init segment is known once something was encoded: the first segment is wanted anyway. */
function segmentOf(wanted: Wanted): number {
  return wanted.kind === "init" ? 0 : wanted.segment;
}

/** Names the piece of work by which the object is made: one encode makes a segment, or a run of sound, and the init segment. */
function workKey(wanted: Wanted, rendition: Rendition): string {
  if (rendition.kind === "copied") return keyOf(wanted);
  const segment = segmentOf(wanted);
  return segmentKey(wanted, rendition.name, "channels" in rendition ? soundRun(rendition, segment).first : segment);
}

function keyOf(wanted: Wanted): string {
  return wanted.kind === "init"
    ? initKey(wanted, wanted.rendition)
    : segmentKey(wanted, wanted.rendition, wanted.segment);
}

function hasSegment(plan: Plan, rendition: Rendition, segment: number): boolean {
  return (segmentSeconds(plan, rendition)[segment] ?? 0) > 0;
}
