import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { initKey, type PlanRef, segmentKey } from "../../domain/media/object-keys.ts";
import {
  type AudioRendition,
  findRendition,
  type Plan,
  segmentSeconds,
  type VideoRendition,
} from "../../domain/media/plan.ts";
import type { WantedInit, WantedSegment } from "../../domain/media/transcoder-wire.ts";
import type { Leases } from "../../platform/leases/leases.ts";
import { ObjectDamagedError, type ObjectInfo, type Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { type EncodeJob, EncodeMismatchError, encodePictures } from "../encode/encode-pictures.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { cutPictures, cutSound, pictureInit, soundInit } from "../package/cut-segment.ts";
import type { PlannedSource, SourceCache } from "../source/source-cache.ts";
import { SharedWork } from "./shared-work.ts";
import type { Priority, Slots } from "./slots.ts";

export interface MakerParts {
  objects: Objects;
  sources: SourceCache;
  tools: FfmpegTools;
  leases: Pick<Leases, "underLease">;
  slots: Slots;
  log: Logger;
  /** Threads of one encode. */
  threads: number;
  /** Told of each segment that was encoded. */
  onEncoded: (seconds: number) => void;
}

interface PlannedPicture {
  plan: Plan;
  source: EncodeJob["source"];
}

/** What was asked for does not exist: no such plan, rendition or segment. */
export class NothingToMakeError extends Error {
  override readonly name = "NothingToMakeError";
}

/** Makes objects that are not there yet: each once, however many ask, here and on other transcoders. */
export class ObjectMaker {
  readonly #parts: MakerParts;
  readonly #making = new SharedWork<ObjectInfo>();
  readonly #stop = new AbortController();
  readonly #prefetching = new Set<Promise<unknown>>();

  constructor(parts: MakerParts) {
    this.#parts = parts;
  }

  /**
   * Resolves with the stored object, made now if need be. Rejects with NothingToMakeError for what the plan does not have, and
   * with the signal's reason; work that nobody waits for any more is stopped.
   */
  async make(wanted: WantedInit | WantedSegment, priority: Priority, signal: AbortSignal): Promise<ObjectInfo> {
    const key = keyOf(wanted);
    const stored = await this.#find(key);
    if (stored !== null) return stored;
    const planned = await this.#parts.sources.get(wanted, wanted.planId);
    const rendition = planned === null ? null : findRendition(planned.plan, wanted.rendition);
    if (planned === null || rendition === null) throw new NothingToMakeError(`${key} belongs to no plan`);
    if (wanted.kind === "segment" && !hasSegment(planned.plan, rendition, wanted.segment)) {
      throw new NothingToMakeError(`${key}: the rendition has nothing there`);
    }
    const made = await this.#making.run(key, signal, (stop) =>
      this.#produce(wanted, planned, rendition, priority, stop),
    );
    if (priority === "viewer" && wanted.kind === "segment") this.#prefetch(wanted, planned.plan, rendition);
    return made;
  }

  /** Makes it soon, behind everybody who waits; failures are logged only. */
  prefetch(wanted: WantedInit | WantedSegment): void {
    const work = this.make(wanted, "prefetch", this.#stop.signal).catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#parts.log.warn({ err: error, key: keyOf(wanted) }, "prefetch failed");
    });
    this.#prefetching.add(work);
    void work.finally(() => this.#prefetching.delete(work));
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the transcoder stops"));
    await Promise.all(this.#prefetching);
  }

  /** What a player asks for next. */
  #prefetch(wanted: WantedSegment, plan: Plan, rendition: VideoRendition | AudioRendition): void {
    const segment = wanted.segment + 1;
    if (rendition.kind === "encoded" && hasSegment(plan, rendition, segment)) this.prefetch({ ...wanted, segment });
  }

  async #produce(
    wanted: WantedInit | WantedSegment,
    { plan, source }: PlannedSource,
    rendition: VideoRendition | AudioRendition,
    priority: Priority,
    stop: AbortSignal,
  ): Promise<ObjectInfo> {
    const { objects } = this.#parts;
    const { picture, sound } = source;
    const key = keyOf(wanted);
    if ("channels" in rendition) {
      if (sound === null) throw new Error(`${key}: the source has no sound, the plan has`);
      if (wanted.kind === "init") return objects.put(key, Buffer.from(soundInit(sound)));
      return objects.put(key, await cutSound(objects, { ...source, sound }, plan, wanted.segment));
    }
    if (picture === null) throw new Error(`${key}: the source has no picture, the plan has`);
    if (rendition.kind === "copied") {
      if (wanted.kind === "init") return objects.put(key, Buffer.from(pictureInit(picture)));
      return objects.put(key, await cutPictures(objects, { ...source, picture }, plan, wanted.segment));
    }
    return this.#underLease(wanted, { plan, source: { ...source, picture } }, rendition, priority, stop);
  }

  /** The lease is taken before the slot: who waits for another transcoder must not keep the encoder from others. */
  async #underLease(
    wanted: WantedInit | WantedSegment,
    planned: PlannedPicture,
    rendition: VideoRendition,
    priority: Priority,
    stop: AbortSignal,
  ): Promise<ObjectInfo> {
    // The init segment of an encoded rendition is known once something was encoded: the first segment is wanted anyway.
    const segment = wanted.kind === "init" ? 0 : wanted.segment;
    const key = keyOf(wanted);
    const lease = { environment: wanted.environment, key: segmentKey(wanted, rendition.name, segment) };
    const find = (): Promise<ObjectInfo | null> => this.#find(key);
    return this.#parts.leases.underLease(lease, stop, find, async (leased) => {
      await this.#parts.slots.run(priority, leased, () => this.#encode(wanted, planned, rendition, segment, leased));
      const stored = await find();
      if (stored === null) throw new Error(`${key} is missing after it was made`);
      return stored;
    });
  }

  async #encode(
    ref: PlanRef,
    { plan, source }: PlannedPicture,
    rendition: VideoRendition,
    segment: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { tools, objects, threads, onEncoded } = this.#parts;
    const startedMs = performance.now();
    const encoded = await encodePictures(tools, objects, { source, plan, rendition, segment, threads, signal });
    await this.#keepInit(initKey(ref, rendition.name), encoded.init);
    await objects.put(segmentKey(ref, rendition.name, segment), encoded.segment);
    onEncoded((performance.now() - startedMs) / 1_000);
  }

  /** The first segment's init segment is everybody's; a later one that needs another would not play. */
  async #keepInit(key: string, init: Uint8Array): Promise<void> {
    const { objects } = this.#parts;
    const stored = await this.#find(key);
    const made = stored ?? (await objects.put(key, Buffer.from(init)));
    if (made.sha256 !== sha256(init))
      throw new EncodeMismatchError(`${key} is not the init segment of what was encoded now`);
  }

  /** A damaged object counts as missing: it is made anew. Reads it as a whole, since whoever asks here missed it. */
  async #find(key: string): Promise<ObjectInfo | null> {
    const { objects, log } = this.#parts;
    try {
      const found = await objects.read(key);
      if (found === null) return null;
      if (sha256(await buffer(found.body)) === found.info.sha256) return found.info;
      log.error({ key }, "stored object has other bytes than were stored; it is made anew");
    } catch (error) {
      if (!(error instanceof ObjectDamagedError)) throw error;
      log.error({ err: error, key }, "stored object is damaged; it is made anew");
    }
    return null;
  }
}

function hasSegment(plan: Plan, rendition: VideoRendition | AudioRendition, segment: number): boolean {
  return (segmentSeconds(plan, rendition)[segment] ?? 0) > 0;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function keyOf(wanted: WantedInit | WantedSegment): string {
  return wanted.kind === "init"
    ? initKey(wanted, wanted.rendition)
    : segmentKey(wanted, wanted.rendition, wanted.segment);
}
