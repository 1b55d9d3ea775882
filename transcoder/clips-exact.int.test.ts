import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AudioRendition } from "../domain/media/plan.ts";
import { rotationMatrix } from "../domain/mp4/track.ts";
import { type FilmSpec, makeFilm, readNumbers } from "./testing/barcode-film.ts";
import { type ClipWorld, startClipWorld, type TakenIn } from "./testing/clip-world.ts";
import { heardPackets, packetsOf, pictureTimes } from "./testing/film-times.ts";
import { readJoined, segmentsOf, writeJoined } from "./testing/made-asset.ts";
import {
  decodeRendition,
  decodeSource,
  ffmpeg,
  MUSIC,
  PICTURE,
  PICTURE_CODEC,
  signalToNoise,
} from "./testing/sound-film.ts";

const run = promisify(execFile);
/** Playlists are read with times in microseconds. */
const CLOCK_ERROR_SECONDS = 0.000_05;
/** Most that we may move the sound against the picture. */
const MAX_OFFSET_SECONDS = 0.005;
const PACKET = 1_024;

const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "15", "-g", "50", "-sc_threshold", "0", "-bf", "3"];
const X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "12", "-tag:v", "hvc1", "-x265-params"];

interface Case extends FilmSpec {
  name: string;
  /** Seconds from the film's first picture. */
  start: number;
  end: number;
  /** Renditions as they should be. */
  renditions?: readonly string[];
  container?: string;
  /** Copied out of the film made, from this second on: leaves pictures that are decoded and not shown. */
  cutFrom?: string;
  isTurned?: boolean;
  /** Where the source's times are coarser. */
  errorSeconds?: number;
}

const film = { rate: "25", pictures: 200, output: X264, renditions: ["360p encoded", "270p encoded"] };
const CASES: readonly Case[] = [
  { ...film, name: "within a group", start: 1.32, end: 5.68 },
  { ...film, name: "within a group, with sound", sound: "aac", start: 1.32, end: 5.68 },
  { ...film, name: "whole groups", sound: "aac", start: 2, end: 6, renditions: ["360p copied", "270p encoded"] },
  { ...film, name: "all of it", sound: "aac", start: 0, end: 8, renditions: ["360p copied", "270p encoded"] },
  { ...film, name: "the last half second", sound: "aac", start: 7.5, end: 8 },
  { ...film, name: "between pictures", start: 1.03, end: 3.01 },
  { ...film, name: "29.97 fps", rate: "30000/1001", sound: "aac", start: 1.0343667, end: 4.3043 },
  { ...film, name: "59.94 fps", rate: "60000/1001", pictures: 300, sound: "aac", start: 0.517183, end: 3.0697 },
  {
    ...{ ...film, name: "a variable rate", rate: "60", pictures: 360, filter: "select='gt(mod(n*7919,31),11)'" },
    ...{ sound: "aac" as const, start: 1.71, end: 4.43 },
  },
  { ...film, name: "open groups", output: [...X264, "-x264-params", "open-gop=1"], start: 3.2, end: 6.72 },
  {
    ...{ ...film, name: "open groups, from a sync sample on", output: [...X264, "-x264-params", "open-gop=1"] },
    ...{ start: 4, end: 7 },
  },
  {
    ...film,
    name: "HEVC",
    output: [...X265, "log-level=none:keyint=50:min-keyint=50:scenecut=0"],
    start: 2.6,
    end: 6.2,
  },
  {
    ...{
      ...film,
      name: "HEVC, whole groups",
      start: 2,
      end: 6,
      renditions: ["360phevc copied", "360p encoded", "270p encoded"],
    },
    output: [...X265, "log-level=none:keyint=50:min-keyint=50:scenecut=0:open-gop=0:bframes=3"],
  },
  {
    ...{ ...film, name: "AV1", start: 2.6, end: 5.4 },
    output: ["-c:v", "libsvtav1", "-preset", "12", "-crf", "12", "-g", "50", "-svtav1-params", "lookahead=0"],
  },
  { ...film, name: "a source that begins within a group", cutFrom: "0.92", sound: "aac", start: 0.52, end: 4.16 },
  { ...film, name: "a source that begins at 7.4 s", output: [...X264, "-output_ts_offset", "7.4"], start: 1.2, end: 4 },
  { ...film, name: "a turned picture", output: X264, isTurned: true, filter: "transpose=cclock", start: 1.2, end: 4 },
  { ...film, name: "oblong pixels", filter: "scale=480:360,setsar=4/3", start: 1.2, end: 4 },
  {
    ...{ ...film, name: "a source that was converted", container: "webm", start: 1.32, end: 5.68, errorSeconds: 0.001 },
    ...{
      output: ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "4M"],
      sound: "libopus" as const,
    },
  },
];

let world: ClipWorld;
beforeAll(async () => {
  world = await startClipWorld();
});
afterAll(() => world.stop());

describe("a clip shows the pictures of its stretch, each at its time, in every rendition", () => {
  it.each(CASES)("$name", async ({ start, end, renditions = [], errorSeconds = CLOCK_ERROR_SECONDS, ...spec }) => {
    const file = await makeSource(spec);
    const source = await world.takeIn(file);
    const clip = await world.clip(source.ref, { startSeconds: start, endSeconds: end });
    if (spec.container === undefined)
      expect(clip.plan.video.map(({ name, kind }) => `${name} ${kind}`)).toEqual(renditions);
    await world.makeAll(clip);
    const wanted = await shownWithin(file, start, end);
    for (const rendition of clip.plan.video) {
      const joined = await joinedFile(clip, rendition.name);
      expect(await readNumbers(joined), rendition.name).toEqual(wanted.numbers);
      const times = await pictureTimes(joined);
      expect(times.filter((time, n) => Math.abs(time - (wanted.times[n] ?? 0)) > errorSeconds)).toEqual([]);
    }
    const seconds = clip.plan.pictureEnd / clip.plan.timescale;
    expect(Math.abs(seconds - (end - start))).toBeLessThan(Math.max(0.001, 2 * errorSeconds));
    const { facts } = clip.outcome;
    for (const told of [facts.durationSeconds, facts.input.tracks[0]?.durationSeconds ?? 0])
      expect(Math.abs(told - (end - start))).toBeLessThan(PACKET / 48_000 + 2 * errorSeconds);
    if (spec.sound === "aac") await expectPacketsInPlace(clip, file, start);
  });
});

async function makeSource({ container = "mp4", cutFrom, isTurned = false, ...spec }: Partial<Case>): Promise<string> {
  const base = join(world.folder, (spec.name ?? "").replaceAll(/\W+/g, "-"));
  const file = `${base}.${container}`;
  await makeFilm(file, { rate: "25", pictures: 0, ...spec });
  if (isTurned) {
    const bytes = await readFile(file);
    bytes.set(rotationMatrix(90), bytes.indexOf("tkhd") + 4 + 40);
    await writeFile(file, bytes);
  }
  if (cutFrom === undefined) return file;
  await run("ffmpeg", ["-v", "error", "-y", "-ss", cutFrom, "-i", file, "-c", "copy", `${base}-cut.mp4`]);
  return `${base}-cut.mp4`;
}

/** The pictures that are on screen within [start, end), and when each begins on the clip's time line. */
async function shownWithin(file: string, start: number, end: number): Promise<{ numbers: number[]; times: number[] }> {
  const [numbers, times] = [await readNumbers(file), await pictureTimes(file)];
  const isShown = (n: number): boolean => {
    const next = times[n + 1] ?? Number.POSITIVE_INFINITY;
    return next > start + 0.001 && (times[n] ?? 0) < end - 0.001;
  };
  return {
    numbers: numbers.filter((_, n) => isShown(n)),
    times: times.filter((_, n) => isShown(n)).map((time) => Math.max(0, time - start)),
  };
}

function joinedFile(clip: TakenIn, rendition: string): Promise<string> {
  const { plan, ref } = clip;
  const found = [...plan.video, ...plan.audio].find(({ name }) => name === rendition);
  if (found === undefined) throw new Error(`there is no ${rendition}`);
  const file = join(world.folder, `${ref.assetId}-${rendition}.mp4`);
  return writeJoined(world.objects, plan, rendition, segmentsOf(plan, found), file, ref);
}

/** Every packet of the clip is heard as long after its first picture as in the source after the stretch's begin. */
async function expectPacketsInPlace({ plan, ref }: TakenIn, file: string, start: number): Promise<void> {
  const sound = soleSound({ plan });
  expect(sound.kind).toBe("copied");
  const made = heardPackets(await readJoined(world.objects, plan, sound.name, segmentsOf(plan, sound), ref));
  const firstPicture = Math.min(
    ...(await packetsOf(file, "v:0")).map(({ seconds }) => seconds).filter((at) => at >= 0),
  );
  const original = await packetsOf(file, "a:0");
  const first = original.findIndex(({ hash }) => hash === made[0]?.hash);
  expect(original.slice(first, first + made.length).map(({ hash }) => hash)).toEqual(made.map(({ hash }) => hash));
  const late = made.filter(({ seconds }, n) => {
    const wanted = (original[first + n]?.seconds ?? Number.NaN) - firstPicture - start;
    return !(Math.abs(seconds - wanted) < MAX_OFFSET_SECONDS);
  });
  expect(late).toEqual([]);
  const half = PACKET / sound.sampleRate / 2 + MAX_OFFSET_SECONDS;
  expect(made[0]?.seconds).toBeLessThan(MAX_OFFSET_SECONDS);
  expect((made.at(-1)?.seconds ?? 0) + 2 * half).toBeGreaterThan(plan.pictureEnd / plan.timescale - half);
}

function soleSound({ plan }: Pick<TakenIn, "plan">): AudioRendition {
  const [sound] = plan.audio;
  if (sound === undefined) throw new Error("there is no sound");
  return sound;
}

describe("a clip plays the sound of its stretch, to the sample", () => {
  it.each<[string, string, number, string[]]>([
    ["AAC", "aac.mp4", 48_000, ["-c:a", "aac", "-b:a", "128k"]],
    ["MP3 in MP4", "mp3.mp4", 44_100, ["-c:a", "libmp3lame", "-b:a", "128k"]],
    ["PCM in MOV", "pcm.mov", 48_000, ["-c:a", "pcm_s16le"]],
    ["24-bit PCM in MOV", "pcm24.mov", 48_000, ["-c:a", "pcm_s24be"]],
    ["FLAC in MP4", "flac.mp4", 48_000, ["-c:a", "flac", "-strict", "-2"]],
    ["Opus in MP4", "opus.mp4", 48_000, ["-c:a", "libopus", "-b:a", "128k"]],
  ])("%s", async (_, name, sampleRate, codec) => {
    const file = join(world.folder, name);
    const inputs = ["-f", "lavfi", "-i", `${PICTURE}:d=14`, "-f", "lavfi", "-i", `${MUSIC}:s=${sampleRate}:d=14`];
    await ffmpeg(...inputs, ...PICTURE_CODEC, ...codec, file);
    const source = await world.takeIn(file);
    const clip = await world.clip(source.ref, { startSeconds: 3.4, endSeconds: 12.6 });
    await expectSamples(clip, file, { sampleRate, start: 3.4, end: 12.6 });
  });

  it("of what its source plays, where that was converted: Opus in WebM", async () => {
    const file = join(world.folder, "opus.webm");
    const inputs = ["-f", "lavfi", "-i", `${PICTURE}:d=8`, "-f", "lavfi", "-i", `${MUSIC}:s=48000:d=8`];
    await ffmpeg(...inputs, "-c:v", "libvpx", "-c:a", "libopus", "-b:a", "128k", file);
    const source = await world.takeIn(file);
    const clip = await world.clip(source.ref, { startSeconds: 1.4, endSeconds: 6.6 });
    const [all, heard] = [await heardOf(source, 48_000), await heardOf(clip, 48_000)];
    expect(Math.abs(heard.length - 2 * 5.2 * 48_000)).toBeLessThanOrEqual(4 * PACKET);
    // WebM's times are milliseconds: packets of a converted file lie up to one off, and each run begins with where its own does
    for (const seconds of [0.5, 2, 4.5]) {
      const part = heard.subarray(2 * seconds * 48_000, 2 * (seconds + 0.2) * 48_000);
      expect(Math.abs(offsetSeconds(all, part, 1.4 + seconds, 48_000))).toBeLessThan(MAX_OFFSET_SECONDS);
    }
  });

  it("of sound alone, also of a clip of a clip", async () => {
    const file = join(world.folder, "music.m4a");
    await ffmpeg("-f", "lavfi", "-i", `${MUSIC}:s=44100:d=20`, "-c:a", "aac", "-b:a", "160k", file);
    const source = await world.takeIn(file);
    const first = await world.clip(source.ref, { startSeconds: 2.5, endSeconds: 18 });
    const second = await world.clip(first.ref, { startSeconds: 1.25, endSeconds: 9.25 });
    expect(second.plan.video).toEqual([]);
    await expectSamples(first, file, { sampleRate: 44_100, start: 2.5, end: 18 });
    await expectSamples(second, file, { sampleRate: 44_100, start: 3.75, end: 11.75 });
  });

  it("of a sound that begins within the stretch, or goes on after the picture", async () => {
    const file = join(world.folder, "late.mp4");
    const late = ["-itsoffset", "4", "-f", "lavfi", "-i", `${MUSIC}:s=48000:d=12`];
    await ffmpeg("-f", "lavfi", "-i", `${PICTURE}:d=10`, ...late, ...PICTURE_CODEC, "-c:a", "aac", file);
    const source = await world.takeIn(file);
    const clip = await world.clip(source.ref, { startSeconds: 2, endSeconds: 15 });
    await expectSamples(clip, file, { sampleRate: 48_000, start: 2, end: 15 });
    const alone = await world.clip(source.ref, { startSeconds: 11, endSeconds: 14 });
    expect([alone.plan.video.length, alone.plan.audio.length]).toEqual([0, 1]);
    await expectSamples(alone, file, { sampleRate: 48_000, start: 11, end: 14 });
  });

  it("of every language, under the same names", async () => {
    const file = join(world.folder, "languages.mkv");
    const tones = ["220", "440", "880"].flatMap((hertz) => ["-f", "lavfi", "-i", `sine=f=${hertz}:d=8`]);
    await ffmpeg(
      ...["-f", "lavfi", "-i", `${PICTURE}:d=8`, ...tones, "-map", "0", "-map", "1", "-map", "2", "-map", "3"],
      ...[...PICTURE_CODEC, "-c:a:0", "aac", "-c:a:1", "libmp3lame", "-c:a:2", "aac"],
      ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", "-metadata:s:a:1", "title=Für Blinde"],
      ...["-disposition:a:0", "default", "-disposition:a:1", "0", "-disposition:a:2", "0", file],
    );
    const source = await world.takeIn(file);
    const clip = await world.clip(source.ref, { startSeconds: 1, endSeconds: 6 });
    const again = await world.clip(clip.ref, { startSeconds: 1, endSeconds: 4 });
    const namesOf = ({ plan }: TakenIn) => plan.audio.map(({ name, label, language }) => [name, label, language]);
    expect(namesOf(source)).toEqual([
      ["audio", "English", "en"],
      ["audio2", "Für Blinde", "de"],
      ["audio3", "Default", null],
    ]);
    expect(namesOf(clip)).toEqual(namesOf(source));
    expect(namesOf(again)).toEqual(namesOf(source));
    expect(clip.outcome.facts.sounds.map(({ name }) => name)).toEqual(["English", "Für Blinde", "Default"]);
  });
});

/** What is heard of a clip against the same stretch of what is heard of its source. */
async function expectSamples(
  clip: TakenIn,
  file: string,
  { sampleRate, start, end }: { sampleRate: number; start: number; end: number },
): Promise<void> {
  const heard = await heardOf(clip, sampleRate);
  const all = await decodeSource(file, { sampleRate, channels: 2 });
  const wanted = all.subarray(2 * Math.round(start * sampleRate), 2 * Math.round(end * sampleRate));
  expect(signalToNoise(wanted, heard)).toBeGreaterThan(20);
  expect(Math.abs(heard.length - wanted.length)).toBeLessThanOrEqual(4 * PACKET);
}

/** How much later than at `seconds` a part is heard in all; NaN where it is not heard within two packets. */
function offsetSeconds(all: Float32Array, part: Float32Array, seconds: number, sampleRate: number): number {
  for (let lag = 0; lag <= 2 * PACKET; lag = lag > 0 ? -lag : 1 - lag) {
    const from = 2 * (Math.round(seconds * sampleRate) + lag);
    if (signalToNoise(all.subarray(from, from + part.length), part) > 20) return lag / sampleRate;
  }
  return Number.NaN;
}

async function heardOf(asset: TakenIn, sampleRate: number): Promise<Float32Array> {
  const sound = soleSound(asset);
  await world.makeAll(asset, sound.name);
  const file = await joinedFile(asset, sound.name);
  return decodeRendition(file, { sampleRate, channels: 2 }, await hiddenTicks(asset, sound));
}

/** Of the edit list of a rendition's init segment. */
async function hiddenTicks({ plan, ref }: TakenIn, { name }: AudioRendition): Promise<number> {
  const [first] = heardPackets(await readJoined(world.objects, plan, name, [0], ref));
  const sound = plan.audio.find((one) => one.name === name);
  return Math.round(Math.max(0, -(first?.seconds ?? 0)) * (sound?.timescale ?? 0));
}
