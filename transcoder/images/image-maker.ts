import { imageKey, imagePrefix } from "../../domain/media/image-keys.ts";
import { planSeconds } from "../../domain/media/plan.ts";
import type { WantedAnimation, WantedPicture, WantedStoryboard } from "../../domain/media/transcoder-wire.ts";
import type { Leases } from "../../platform/leases/leases.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { NothingToMakeError } from "../make/make-object.ts";
import { Slots } from "../make/slots.ts";
import { readWhole } from "../make/whole-objects.ts";
import type { PlannedSource, SourceCache } from "../source/source-cache.ts";
import { makeAnimation } from "./make-animation.ts";
import { makeImage } from "./make-image.ts";
import { makeStoryboard } from "./make-storyboard.ts";
import { sourcePictures } from "./pictures.ts";
import { StandbyDecoders } from "./standby-decoders.ts";

export interface ImageMakerParts {
  objects: Objects;
  sources: SourceCache;
  tools: FfmpegTools;
  leases: Pick<Leases, "underLease">;
  /** Of the encoders. */
  slots: Slots;
  /** Single pictures that are decoded at the same time; they do not wait for encoders. */
  places: number;
  log: Logger;
}

type WantedStored = WantedAnimation | WantedStoryboard;

/** Anybody may ask for any time and size of a public film; at 0.4 s each, the last of these waits for delivery's 15 s. */
const MAX_WAITING_PER_PLACE = 35;
const MAX_WAITING_STORED = 20;
/** Anybody may ask for any range, too: beyond one image for so many seconds, and some, they are made and not stored. */
const SECONDS_PER_STORED = 10;
const MIN_STORED = 20;
/** Ranges are to the millisecond. */
const ROUNDING_SECONDS = 0.001;

/**
 * Makes images. Single pictures take little and are made at once, in a few places of their own. A storyboard or an animated
 * image takes as much as a segment: it takes an encoder's place, behind everybody who waits for a segment, one at a time, so
 * that however many are wanted, viewers keep all encoders but one.
 */
export class ImageMaker {
  readonly #parts: ImageMakerParts;
  readonly #singles: Slots;
  readonly #standby: StandbyDecoders;
  readonly #onlyOne = new Slots(1, MAX_WAITING_STORED);
  readonly #making = new SharedCalls<Buffer>();
  /** What goes on whoever leaves, for those who come meanwhile. */
  readonly #begun = new Map<string, Promise<Buffer>>();
  readonly #stop = new AbortController();

  constructor(parts: ImageMakerParts) {
    this.#parts = parts;
    this.#standby = new StandbyDecoders(parts.tools, parts.places);
    this.#singles = new Slots(parts.places, parts.places * MAX_WAITING_PER_PLACE);
  }

  /** The bytes; null where there is no picture. Rejects with NothingToMakeError, BusyError, or the signal's reason. */
  async make(wanted: WantedPicture, signal: AbortSignal): Promise<Buffer | null> {
    const planned = await this.#parts.sources.get(wanted, wanted.planId);
    if (planned === null) throw new NothingToMakeError(`there is no plan ${wanted.planId}`);
    if (wanted.kind === "image") {
      return this.#singles.run({ environment: wanted.environment, priority: () => "viewer" }, signal, () =>
        makeImage({ ...this.#parts, tools: this.#standby }, planned, wanted, signal),
      );
    }
    if (planned.source.picture === null || planned.plan.video.length === 0) return null;
    const key = imageKey(wanted);
    const make = (left: AbortSignal) => this.#begun.get(key) ?? this.#makeStored(key, wanted, planned, left);
    return this.#making.join(key, signal, make);
  }

  close(): void {
    this.#stop.abort(new Error("the transcoder stops"));
    this.#standby.close();
  }

  /**
   * What has begun is finished although all who waited may have left: they come again, and a work that takes longer than their
   * patience would never be done.
   *
   * @param left aborted when nobody waits any more
   */
  async #makeStored(key: string, wanted: WantedStored, planned: PlannedSource, left: AbortSignal): Promise<Buffer> {
    const { objects, log, leases } = this.#parts;
    const stored = async (): Promise<Buffer | null> => (await readWhole(objects, log, key))?.bytes ?? null;
    const unwanted = new AbortController();
    const leave = (): void => unwanted.abort(left.reason);
    left.addEventListener("abort", leave, { once: true });
    const waiting = AbortSignal.any([unwanted.signal, this.#stop.signal]);
    // whoever waits for another transcoder's lease holds no place that others could use meanwhile
    return leases.underLease({ environment: wanted.environment, key }, waiting, stored, (leased) =>
      this.#inTurn(wanted.environment, leased, () => {
        left.removeEventListener("abort", leave);
        return this.#begin(key, this.#produce(key, wanted, planned, leased));
      }),
    );
  }

  async #begin(key: string, work: Promise<Buffer>): Promise<Buffer> {
    this.#begun.set(key, work);
    try {
      return await work;
    } finally {
      this.#begun.delete(key);
    }
  }

  /** One at a time, in a place of the encoders. */
  #inTurn(environment: string, signal: AbortSignal, work: () => Promise<Buffer>): Promise<Buffer> {
    const claim = { environment, priority: () => "image" as const };
    return this.#onlyOne.run(claim, signal, () => this.#parts.slots.run(claim, signal, work));
  }

  async #produce(key: string, wanted: WantedStored, planned: PlannedSource, signal: AbortSignal): Promise<Buffer> {
    const { tools, objects } = this.#parts;
    const [top] = planned.plan.video;
    const pictures = await sourcePictures(objects, planned);
    if (pictures === null || top === undefined) throw new NothingToMakeError(`${key}: there is no picture`);
    const bytes =
      wanted.kind === "animation"
        ? await makeAnimation(this.#parts, planned, pictures, wanted, signal)
        : await makeStoryboard(tools, pictures, top, wanted, signal);
    if (await this.#isWorthStoring(wanted, planSeconds(planned.plan))) await objects.put(key, bytes);
    return bytes;
  }

  /** The storyboard that players ask for always is. */
  async #isWorthStoring(wanted: WantedStored, assetSeconds: number): Promise<boolean> {
    const isWhole = wanted.startSeconds === 0 && assetSeconds - wanted.endSeconds < ROUNDING_SECONDS;
    if (wanted.kind === "storyboard" && isWhole) return true;
    const most = MIN_STORED + assetSeconds / SECONDS_PER_STORED;
    let stored = 0;
    for await (const _ of this.#parts.objects.listKeys(imagePrefix(wanted))) stored += 1;
    return stored < most;
  }
}
