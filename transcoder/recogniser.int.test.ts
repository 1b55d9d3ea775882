import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SPEECH_RATE } from "../domain/captions/quiet-cuts.ts";
import { recogniserIn } from "../platform/speech/embedded/recogniser-files.ts";
import { NoRecogniserError, openRecogniser, RecogniserError } from "./recogniser.ts";
import { testTools } from "./testing/test-maker.ts";

const never = new AbortController().signal;
const second = new Int16Array(SPEECH_RATE);

let folder: string;
let broken: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-recogniser-"));
  broken = join(folder, "broken");
  await mkdir(join(broken, "moonshine-voice-0.0.49"), { recursive: true });
  await mkdir(join(folder, "tmp"));
  vi.stubEnv("TMPDIR", join(folder, "tmp"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe("the recogniser", () => {
  it("is missing where it is not installed, and asked anew each time", async () => {
    const { layers } = await testTools();
    const recogniser = openRecogniser(join(folder, "later"), layers);
    await expect(recogniser.listen(second, [second.length], never)).rejects.toBeInstanceOf(NoRecogniserError);
    await mkdir(join(folder, "later/moonshine-voice-0.0.49"), { recursive: true });
    await expect(recogniser.listen(second, [second.length], never)).rejects.toBeInstanceOf(RecogniserError);
  });

  it("says what broke it, and leaves nothing behind", async () => {
    expect(recogniserIn(broken)).not.toBeNull();
    const { layers } = await testTools();
    const listening = openRecogniser(broken, layers).listen(second, [second.length], never);
    await expect(listening).rejects.toThrow(/libmoonshine\.so/);
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
  });

  it("ends with the reason of who stops it", async () => {
    const { layers } = await testTools();
    const stop = new AbortController();
    const listening = openRecogniser(broken, layers).listen(second, [second.length], stop.signal);
    stop.abort(new Error("nobody waits"));
    await expect(listening).rejects.toThrow("nobody waits");
  });
});
