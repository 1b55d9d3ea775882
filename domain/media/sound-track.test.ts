import { describe, expect, it } from "vitest";
import type { AudioRendition, Plan } from "./plan.ts";
import { soundTrackOf, soundTrackRendition, withSoundTracks } from "./sound-track.ts";

const ID = "a1B2".repeat(11);
const rendition = (name: string, label: string, group: "main" | "surround" = "main") =>
  ({ name, label, group, language: "en" }) as AudioRendition;

describe("soundTrackOf", () => {
  it("tells added sounds from those of the file by the rendition's name", () => {
    expect(soundTrackOf(soundTrackRendition(ID))).toBe(ID);
    expect(["audio", "audio12", "audiosurround2", "720p", `video${ID}`].map(soundTrackOf)).toEqual([
      ...[null, null, null, null, null],
    ]);
  });
});

describe("withSoundTracks", () => {
  const plan = {
    audio: [rendition("audio", "English"), rendition("audiosurround", "English", "surround")],
  } as unknown as Plan;
  const added = { name: "Deutsch", language: "de", rendition: rendition(soundTrackRendition(ID), "Default") };

  it("puts them behind the file's own, under the name and language that the track has now", () => {
    const { audio } = withSoundTracks(plan, [added]);
    expect(audio.map(({ name }) => name)).toEqual(["audio", soundTrackRendition(ID), "audiosurround"]);
    expect(audio[1]).toMatchObject({ label: "Deutsch", language: "de" });
  });

  it("gives no name twice, nor one that a playlist cannot hold", () => {
    const named = (name: string) => ({ ...added, name, language: "und" });
    const { audio } = withSoundTracks(plan, [named("English"), named('The "director"\n'), named("English")]);
    expect(audio.map(({ label }) => label)).toEqual(["English", "English 2", "The director", "English 3", "English"]);
    expect(audio[1]?.language).toBeNull();
  });

  it("are all that is heard of a silent film", () => {
    const { audio } = withSoundTracks({ ...plan, audio: [] }, [added]);
    expect(audio.map(({ label }) => label)).toEqual(["Deutsch"]);
  });
});
