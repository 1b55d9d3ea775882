import { describe, expect, it } from "vitest";
import { indexSound } from "./sound-index.ts";
import { type SoundSource, soundRenditions } from "./sound-renditions.ts";
import { tableOf, trackOf } from "./testing/tables.ts";

const RATE = 48_000;
const PACKET = 1_024;

function sound(changes: Partial<SoundSource> = {}, delayMs = 0): SoundSource {
  const table = tableOf(
    Array.from({ length: 470 }, (_, n) => ({ dts: n * PACKET, pts: n * PACKET, size: 341 })),
    PACKET,
  );
  const edits = [
    { durationTicks: delayMs, mediaTime: -1, rate: 1 },
    { durationTicks: 10_000, mediaTime: 0, rate: 1 },
  ];
  const track = trackOf(table, { kind: "audio", timescale: RATE, edits });
  const index = indexSound({ timescale: 1_000 }, track, 0);
  if (index === null) throw new Error("it is heard");
  const facts = { trackId: 2, codecs: "mp4a.40.2", channels: 2, sampleRate: RATE };
  return { ...facts, index, table, language: null, title: null, gainDb: 0, ...changes };
}

const made = (...sounds: SoundSource[]) =>
  soundRenditions(sounds, [0, 2, 4, 8, 10]).map(({ name, kind, channels }) => `${name} ${kind} ${channels}`);

describe("soundRenditions", () => {
  it("copies what can be played as it is", () => {
    expect(made(sound())).toEqual(["audio copied 2"]);
    expect(made(sound({ channels: 1 }), sound({ trackId: 3 }))).toEqual(["audio copied 1", "audio2 copied 2"]);
  });

  it.each<[string, Partial<SoundSource>, number]>([
    ["is no AAC", { codecs: null }, 0],
    ["is to be louder", { gainDb: 3 }, 0],
    ["begins late", {}, 101],
  ])("encodes what %s", (_, changes, delayMs) => {
    expect(made(sound(changes, delayMs))).toEqual(["audio encoded 2"]);
  });

  it("goes on in silence where the film is longer, which is encoded", () => {
    expect(made(sound({ endSeconds: 10.4 }))).toEqual(["audio copied 2"]);
    const [longer] = soundRenditions([sound({ endSeconds: 30 })], [0, 10, 20, 30]);
    expect(longer).toMatchObject({ kind: "encoded", timescale: RATE });
    expect((longer?.boundaries ?? []).map((ticks) => Math.round(ticks / RATE))).toEqual([0, 10, 20, 30]);
  });

  it("keeps surround beside a down-mix", () => {
    expect(made(sound({ channels: 6 }))).toEqual(["audio encoded 2", "audiosurround copied 6"]);
    expect(made(sound({ channels: 4 }))).toEqual(["audio encoded 2", "audiosurround copied 4"]);
    expect(made(sound({ channels: 8 }))).toEqual(["audio encoded 2", "audiosurround encoded 6"]);
    expect(made(sound({ channels: 6, codecs: null }))).toEqual(["audio encoded 2", "audiosurround encoded 6"]);
    expect(made(sound({ channels: 4, codecs: null }))).toEqual(["audio encoded 2"]);
    expect(made(sound(), sound({ trackId: 3, channels: 6 }))).toEqual([
      "audio copied 2",
      "audio2 encoded 2",
      "audiosurround2 copied 6",
    ]);
  });

  it("cuts what is encoded within half a packet of the plan", () => {
    const [rendition] = soundRenditions([sound({ codecs: null, sampleRate: 22_050 })], [0, 2, 4, 8, 10]);
    expect(rendition).toMatchObject({ sampleRate: 44_100, timescale: 44_100, codecs: "mp4a.40.2", gainDb: 0 });
    const off = [2, 4, 8].map((seconds, n) => (rendition?.boundaries[n + 1] ?? 0) - seconds * 44_100);
    for (const ticks of off) expect(Math.abs(ticks)).toBeLessThanOrEqual(PACKET / 2);
  });
});
