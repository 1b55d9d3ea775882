import type { Leases } from "../../platform/leases/leases.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { type FfmpegTools, openFfmpeg } from "../ffmpeg.ts";
import { ObjectMaker } from "../make/make-object.ts";
import { Slots } from "../make/slots.ts";
import { SourceCache } from "../source/source-cache.ts";

/** Nobody else is there to take a lease. */
export const alone: Pick<Leases, "underLease"> = {
  underLease: async (_lease, signal, done, work) => (await done()) ?? work(signal),
};

export const testTools = (): Promise<FfmpegTools> =>
  openFfmpeg({ ffmpegPath: "ffmpeg", ffprobePath: "ffprobe", log: createLogger("test", "silent") });

/** A maker over real ffmpeg and a store of the test's own. */
export function testMaker(objects: Objects, tools: FfmpegTools): ObjectMaker {
  return new ObjectMaker({
    objects,
    tools,
    sources: new SourceCache(objects),
    leases: alone,
    slots: new Slots(2),
    log: createLogger("test", "silent"),
    threads: 2,
    onEncoded: () => {},
  });
}
