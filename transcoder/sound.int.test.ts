import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initKey, segmentKey } from "../domain/media/object-keys.ts";
import type { AudioRendition, Plan } from "../domain/media/plan.ts";
import { soundRun } from "../domain/media/sound-runs.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import type { Objects } from "../platform/objects/objects.ts";
import type { FfmpegTools } from "./ffmpeg.ts";
import { probeSource } from "./probe/probe-source.ts";
import { readJoined, segmentsOf, storeAndPlan, TEST_ASSET, writeJoined } from "./testing/made-asset.ts";
import {
  decodeRendition,
  decodeSource,
  ffmpeg,
  MUSIC,
  PICTURE,
  PICTURE_CODEC,
  signalToNoise,
} from "./testing/sound-film.ts";
import { testMaker, testTools } from "./testing/test-maker.ts";

const never = new AbortController().signal;
/** Of films: two runs of the encoder. */
const SECONDS = 14;
const PACKET = 1_024;

let folder: string;
let tools: FfmpegTools;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-sound-"));
  tools = await testTools();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A grey picture of some seconds with this sound; gives its path. */
async function film(name: string, sound: readonly string[], codec: readonly string[]): Promise<string> {
  const file = join(folder, name.replaceAll(" ", "-"));
  const picture = ["-f", "lavfi", "-i", `${PICTURE}:d=${SECONDS}`];
  await ffmpeg(...picture, ...sound, "-map", "0", "-map", "1", ...PICTURE_CODEC, ...codec, file);
  return file;
}

async function planned(file: string): Promise<{ objects: Objects; plan: Plan }> {
  const objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
  const { sounds } = await probeSource(tools, file, "mov");
  return { objects, plan: await storeAndPlan(objects, file, TEST_ASSET, sounds) };
}

/** Makes a rendition, segments in the order given, and joins it to one file. */
async function made(
  objects: Objects,
  plan: Plan,
  rendition: AudioRendition,
  order?: number[],
  name = "joined.mp4",
): Promise<string> {
  const maker = testMaker(objects, tools);
  const segments = segmentsOf(plan, rendition);
  for (const segment of order ?? segments) {
    await maker.make(
      { kind: "segment", ...TEST_ASSET, planId: plan.planId, rendition: rendition.name, segment },
      "viewer",
      never,
    );
  }
  await maker.make({ kind: "init", ...TEST_ASSET, planId: plan.planId, rendition: rendition.name }, "viewer", never);
  await maker.close();
  return writeJoined(objects, plan, rendition.name, segments, join(folder, `${plan.planId}-${rendition.name}-${name}`));
}

function soleSound(plan: Plan): AudioRendition {
  const [sound] = plan.audio;
  if (sound === undefined) throw new Error("the film has sound");
  return sound;
}

/** Seconds at which one run of the encoder ends and the next begins. */
function joins(plan: Plan, rendition: AudioRendition): number[] {
  const ends = segmentsOf(plan, rendition).map((segment) => soundRun(rendition, segment).end);
  return [...new Set(ends)].slice(0, -1).map((end) => (rendition.boundaries[end] ?? 0) / rendition.timescale);
}

describe("sound that is encoded when it is asked for", () => {
  it.each<[string, string, number, string[]]>([
    ["MP3 in MP4", "mp3.mp4", 44_100, ["-c:a", "libmp3lame", "-b:a", "128k"]],
    ["PCM in MOV", "pcm.mov", 48_000, ["-c:a", "pcm_s16le"]],
    ["24-bit PCM in MOV", "pcm24.mov", 48_000, ["-c:a", "pcm_s24be"]],
    ["FLAC in MP4", "flac.mp4", 48_000, ["-c:a", "flac", "-strict", "-2"]],
    ["ALAC in MOV", "alac.mov", 44_100, ["-c:a", "alac"]],
    ["AC-3 in MP4", "ac3.mp4", 48_000, ["-c:a", "ac3", "-b:a", "192k"]],
    ["Opus in MP4", "opus.mp4", 48_000, ["-c:a", "libopus", "-b:a", "128k"]],
    ["MP3 of 16 kHz in MP4", "mp3-16k.mp4", 48_000, ["-c:a", "libmp3lame", "-b:a", "128k", "-ar", "16000"]],
    ["MP3 of 22 kHz in MP4", "mp3-22k.mp4", 44_100, ["-c:a", "libmp3lame", "-b:a", "128k", "-ar", "22050"]],
  ])("joins without a seam and without a shift: %s", async (_, name, rate, codec) => {
    const file = await film(name, ["-f", "lavfi", "-i", `${MUSIC}:s=${rate}:d=${SECONDS}`], codec);
    const { objects, plan } = await planned(file);
    const rendition = soleSound(plan);
    expect(rendition).toMatchObject({ kind: "encoded", codecs: "mp4a.40.2", sampleRate: rate, channels: 2 });
    const format = { sampleRate: rate, channels: 2 };
    const whole = join(folder, `${name}.aac.mp4`);
    await ffmpeg("-i", file, "-map", "0:a:0", "-ar", String(rate), "-c:a", "aac", "-b:a", "128k", whole);
    const joined = await made(objects, plan, rendition);
    const [wanted, heard, continuous] = await Promise.all([
      decodeSource(file, format),
      decodeRendition(joined, format, PACKET),
      decodeSource(whole, format),
    ]);
    expect(heard.length).toBeGreaterThanOrEqual(2 * SECONDS * rate);
    expect(signalToNoise(wanted, heard)).toBeGreaterThan(signalToNoise(wanted, continuous) - 5);
    expect(joins(plan, rendition)).toHaveLength(1);
    for (const seconds of joins(plan, rendition)) {
      const at = 2 * Math.round(seconds * rate);
      const around = [at - 2 * PACKET, at + 2 * PACKET] as const;
      const [ours, theirs] = [signalToNoise(wanted, heard, ...around), signalToNoise(wanted, continuous, ...around)];
      expect(ours).toBeGreaterThan(theirs - 5); // without packets before the join it is 10 dB less
    }
  });

  it("has the same bytes whichever segment was asked for first", async () => {
    const file = await film(
      "order.mp4",
      ["-f", "lavfi", "-i", `${MUSIC}:s=48000:d=${SECONDS}`],
      ["-c:a", "libmp3lame"],
    );
    const [one, other] = [await planned(file), await planned(file)];
    const sound = soleSound(one.plan);
    const backwards = segmentsOf(one.plan, sound).reverse();
    const [first, second] = [await made(one.objects, one.plan, sound), "other.mp4"];
    const bytes = await readFile(first);
    expect(bytes.equals(await readFile(await made(other.objects, other.plan, sound, backwards, second)))).toBe(true);
  });

  it("goes on under an init segment in which another version of ffmpeg tells other rates", async () => {
    const input = ["-f", "lavfi", "-i", `${MUSIC}:s=48000:d=${SECONDS}`];
    const { objects, plan } = await planned(await film("upgraded.mp4", input, ["-c:a", "libmp3lame"]));
    const sound = soleSound(plan);
    const bytes = await readFile(await made(objects, plan, sound));
    const ref = { ...TEST_ASSET, planId: plan.planId };
    const init = await readJoined(objects, plan, sound.name, []);
    init[init.indexOf("esds") + 28] = 9; // in the highest rate
    await objects.put(initKey(ref, sound.name), init);
    for (const segment of segmentsOf(plan, sound).slice(1)) {
      await objects.delete(segmentKey(ref, sound.name, segment));
    }
    const again = await readFile(await made(objects, plan, sound));
    expect(again.subarray(0, init.length).equals(init)).toBe(true);
    expect(again.subarray(init.length).equals(bytes.subarray(init.length))).toBe(true);
  });

  it.each<[string, string[], string[]]>([
    [
      "begins long after the picture",
      ["-itsoffset", "11", "-f", "lavfi", "-i", `${MUSIC}:s=48000:d=5`],
      ["-c:a", "aac"],
    ],
    [
      "has a hole",
      ["-f", "lavfi", "-i", `${MUSIC}:s=48000:d=16,aselect='lt(t,3)+gt(t,13)'`],
      ["-c:a", "flac", "-strict", "-2"],
    ],
    [
      "has a hole longer than a run",
      ["-f", "lavfi", "-i", `${MUSIC}:s=48000:d=64,aselect='lt(t,3)+gt(t,60)'`],
      ["-c:a", "flac", "-strict", "-2"],
    ],
    [
      "goes on after the picture",
      ["-f", "lavfi", "-i", `${MUSIC}:s=48000:d=22`],
      ["-c:a", "libmp3lame", "-b:a", "192k"],
    ],
    ["ends before the picture", ["-f", "lavfi", "-i", `${MUSIC}:s=48000:d=3`], ["-c:a", "ac3"]],
  ])("is heard at its time where it %s", async (what, input, codec) => {
    const file = await film(`${what}.mp4`, input, codec);
    const { objects, plan } = await planned(file);
    const sound = soleSound(plan);
    expect(sound.kind).toBe("encoded");
    const format = { sampleRate: 48_000, channels: 2 };
    const heard = await decodeRendition(await made(objects, plan, sound), format, PACKET);
    const wanted = await decodeSource(file, format);
    expect(signalToNoise(wanted, heard)).toBeGreaterThan(20);
    expect(Math.abs(heard.length - wanted.length)).toBeLessThanOrEqual(4 * PACKET);
  });
});

describe("several sounds", () => {
  it("makes each a rendition, named by its language", async () => {
    const file = join(folder, "languages.mp4");
    const sounds = ["220", "440", "880"].flatMap((hertz) => ["-f", "lavfi", "-i", `sine=f=${hertz}:d=6`]);
    await ffmpeg(
      ...["-f", "lavfi", "-i", `${PICTURE}:d=6`, ...sounds, "-map", "0", "-map", "1", "-map", "2", "-map", "3"],
      ...[...PICTURE_CODEC, "-c:a:0", "aac", "-c:a:1", "libmp3lame", "-c:a:2", "aac"],
      ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", file],
    );
    const { objects, plan } = await planned(file);
    expect(plan.audio).toMatchObject([
      { name: "audio", kind: "copied", label: "English", language: "en", channels: 1 },
      { name: "audio2", kind: "encoded", label: "German", language: "de", channels: 1 },
      { name: "audio3", kind: "copied", label: "Default", language: null },
    ]);
    for (const [n, sound] of plan.audio.entries()) {
      const { sampleRate, channels } = sound;
      const joined = await made(objects, plan, sound);
      const heard = await decodeRendition(joined, { sampleRate, channels }, PACKET);
      const wanted = await decodeSource(file, { sampleRate, channels }, `0:a:${n}`);
      expect(signalToNoise(wanted, heard)).toBeGreaterThan(25);
    }
  });

  it.each([
    ["aac", "copied"],
    ["ac3", "encoded"],
  ])("keeps 5.1 in %s beside a down-mix", async (codec, kind) => {
    const tones = [300, 400, 500, 60, 700, 800].map((hertz) => `0.1*sin(2*PI*${hertz}*t)`).join("|");
    const source = `aevalsrc='${tones}':c=5.1:s=48000:d=10`;
    const file = await film(`surround-${codec}.mp4`, ["-f", "lavfi", "-i", source], ["-c:a", codec, "-b:a", "384k"]);
    const { objects, plan } = await planned(file);
    expect(plan.audio).toMatchObject([
      { name: "audio", group: "main", kind: "encoded", channels: 2 },
      { name: "audiosurround", group: "surround", kind, channels: 6 },
    ]);
    for (const sound of plan.audio) {
      const format = { sampleRate: 48_000, channels: sound.channels };
      const heard = await decodeRendition(await made(objects, plan, sound), format, PACKET);
      expect(signalToNoise(await decodeSource(file, format), heard)).toBeGreaterThan(20);
    }
  });
});
