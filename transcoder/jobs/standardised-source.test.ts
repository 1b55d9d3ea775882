import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Objects } from "../../platform/objects/objects.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import type { FfmpegFailure } from "../launch/ffmpeg-error.ts";
import type { Examined } from "./examine-source.ts";
import { MediaError } from "./media-error.ts";
import { storeStandardised } from "./standardised-source.ts";

const examined: Examined = {
  container: "webm",
  demuxer: "matroska",
  facts: { durationSeconds: 36_000, bitrate: null, video: null, audio: null, sounds: [] },
  judgement: { video: "encode", sounds: [], needsStandardising: true, reasons: {} },
};

async function standardisedBy(reason: FfmpegFailure): Promise<unknown> {
  const runToFile = async (): Promise<void> => {
    throw new FfmpegError(reason, { stderrTail: "", exitCode: null, signal: null });
  };
  const objects: Pick<Objects, "localCopy" | "put"> = {
    localCopy: (_, use) => use(import.meta.filename),
    put: async (key, body) => {
      if (body instanceof Readable) body.destroy();
      return { key, sizeBytes: 0, sha256: "" };
    },
  };
  const ref = { environment: "abc123", assetId: "A".repeat(44) };
  const tools = { runToFile } as Partial<FfmpegTools> as FfmpegTools;
  const never = new AbortController().signal;
  return storeStandardised(tools, objects as Objects, ref, examined, () => {}, never).catch((error: unknown) => error);
}

describe("storeStandardised", () => {
  it.each<FfmpegFailure>(["exit", "timeout", "stalled", "endless", "too_much_output"])(
    "is the file's fault where ffmpeg ends by %s",
    async (reason) => {
      const error = await standardisedBy(reason);
      expect(error).toBeInstanceOf(MediaError);
      expect(error).toMatchObject({ type: "invalid_input" });
    },
  );

  it.each<FfmpegFailure>(["start", "killed"])("is ours where ffmpeg ends by %s", async (reason) => {
    expect(await standardisedBy(reason)).toBeInstanceOf(FfmpegError);
  });
});
