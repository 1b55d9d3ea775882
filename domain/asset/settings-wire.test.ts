import { describe, expect, it } from "vitest";
import { type AssetSettingsWire, encodingTier, policyProblem, readAssetSettings } from "./settings-wire.ts";

const url = "https://example.com/a.mp4";

function settingsOf(wire: AssetSettingsWire, source: "url" | "upload" = "url") {
  const read = readAssetSettings(wire, source);
  if ("problems" in read) throw new Error(read.problems.join("; "));
  return read.settings;
}

function problemsOf(wire: AssetSettingsWire, source: "url" | "upload" = "url") {
  const read = readAssetSettings(wire, source);
  return "problems" in read ? read.problems : [];
}

describe("readAssetSettings", () => {
  it.each<[string, AssetSettingsWire]>([
    ["input as text", { input: url }],
    ["inputs as text", { inputs: url }],
    ["one object", { input: { url } }],
    ["a list of texts", { inputs: [url] }],
    ["a list of objects", { inputs: [{ url, type: "video" }] }],
  ])("takes %s", (_, wire) => {
    expect(settingsOf(wire).inputUrl).toBe(url);
  });

  it("has defaults for everything but the input", () => {
    expect(settingsOf({ inputs: [{ url }] })).toEqual({
      inputUrl: url,
      clip: null,
      texts: [],
      sounds: [],
      generated: [],
      overlays: [],
      policies: [],
      videoQuality: "basic",
      maxResolutionTier: "1080p",
      passthrough: null,
      thumbnailSeconds: null,
      meta: {},
      isTest: false,
      masterAccess: "none",
      mp4Support: "none",
      staticRenditions: [],
      kept: { inputs: [{ url }] },
    });
  });

  it("takes policies under each of their names, one or many", () => {
    expect(settingsOf({ input: url, playback_policy: "public" }).policies).toEqual(["public"]);
    expect(settingsOf({ input: url, playback_policies: ["signed", "public"] }).policies).toEqual(["signed", "public"]);
    const advanced = settingsOf({
      input: url,
      playback_policy: ["public"],
      advanced_playback_policies: [{ policy: "signed" }],
    });
    expect(advanced.policies).toEqual(["public", "signed"]);
  });

  it("knows the old names of qualities and refuses two that disagree", () => {
    expect(settingsOf({ input: url, encoding_tier: "smart" }).videoQuality).toBe("plus");
    expect(settingsOf({ input: url, encoding_tier: "smart", video_quality: "plus" }).videoQuality).toBe("plus");
    expect(settingsOf({ input: url, video_quality: "premium" }).videoQuality).toBe("premium");
    expect(problemsOf({ input: url, encoding_tier: "baseline", video_quality: "plus" })).toEqual([
      expect.stringMatching(/^encoding_tier: /),
    ]);
    expect((["basic", "plus", "premium"] as const).map(encodingTier)).toEqual(["baseline", "smart", "premium"]);
  });

  it("keeps what changes nothing, and takes empty passthrough as none", () => {
    const settings = settingsOf({
      input: { url, name: "main" },
      mp4_support: "none",
      master_access: "none",
      normalize_audio: false,
      generate_shots: false,
      copy_overlays: true,
      static_renditions: [],
      directives: [],
      passthrough: "",
      meta: { title: "A" },
      test: true,
    });
    expect(settings).toMatchObject({ passthrough: null, meta: { title: "A" }, isTest: true });
    expect(settings.kept).toEqual({
      inputs: [{ url, name: "main" }],
      mp4_support: "none",
      master_access: "none",
      normalize_audio: false,
      generate_shots: false,
      copy_overlays: true,
    });
  });

  it.each<[string, AssetSettingsWire]>([
    ["directives", { input: url, directives: [{ id: "x" }] }],
    ["playback_policies", { input: url, playback_policy: "drm" }],
    ["playback_policies", { input: url, advanced_playback_policies: [{ policy: "drm" }] }],
    ["inputs[1]", { inputs: [url, "https://example.com/b.mp4"] }],
    ["inputs[0].type", { input: { url, type: "text" } }],
  ])("says of %s that it is not supported yet", (field, wire) => {
    expect(problemsOf(wire)).toEqual([expect.stringContaining("is not supported yet")]);
    expect(problemsOf(wire)[0]?.startsWith(field)).toBe(true);
  });

  it("takes the older setting for files", () => {
    const both = { input: url, mp4_support: "audio-only,capped-1080p", static_renditions: [] };
    expect(settingsOf(both).mp4Support).toBe("audio-only,capped-1080p");
    expect(settingsOf({ input: url, mp4_support: "none", static_renditions: [{ resolution: "720p" }] })).toMatchObject({
      mp4Support: "none",
      staticRenditions: [{ resolution: "720p" }],
    });
  });

  it("takes access to the master", () => {
    expect(settingsOf({ input: url, master_access: "temporary" }).masterAccess).toBe("temporary");
  });

  it("refuses access to the master of a test", () => {
    const wire = { input: url, master_access: "temporary", test: true };
    expect(problemsOf(wire)).toEqual(["master_access: tests have no master"]);
  });

  it("takes the time of the usual thumbnail", () => {
    expect(settingsOf({ input: url, thumbnail_time: 1.5 }).thumbnailSeconds).toBe(1.5);
  });

  it("takes files of whole renditions, or says why not", () => {
    const files = settingsOf({ input: url, static_renditions: [{ resolution: "highest" }] }).staticRenditions;
    expect(files).toEqual([{ resolution: "highest", passthrough: null }]);
  });

  it.each<[string, AssetSettingsWire]>([
    ["static_renditions", { input: url, static_renditions: [{ resolution: "8k" }] }],
    ["master_access", { input: url, master_access: "permanent" }],
    ["mp4_support", { input: url, mp4_support: "all" }],
    ["mp4_support", { input: url, mp4_support: "standard", static_renditions: [{ resolution: "highest" }] }],
    ["inputs", {}],
    ["inputs", { inputs: [] }],
    ["inputs[0].url", { input: "" }],
    ["inputs[0].url", { inputs: [{}] }],
    ["inputs[0].url", { input: "ftp://example.com/a" }],
    ["inputs[0].url", { input: "https://" }],
    ["inputs[0].overlay_settings", { input: { url, overlay_settings: {} } }],
    ["input", { input: url, inputs: url }],
    ["playback_policies", { input: url, playback_policy: "secret" }],
  ])("refuses a wrong %s", (field, wire) => {
    expect(problemsOf(wire)[0]?.startsWith(`${field}:`)).toBe(true);
  });

  it("takes a stretch of another asset, with captions behind it", () => {
    const clip = { url: "mux://assets/abc", start_time: 1.5, end_time: 4 };
    expect(settingsOf({ inputs: [clip, text] })).toMatchObject({
      inputUrl: null,
      clip: { sourceAssetId: "abc", startSeconds: 1.5, endSeconds: 4 },
      texts: [{ url: text.url }],
      kept: { inputs: [clip, text] },
    });
    expect(settingsOf({ input: clip.url }).clip).toEqual({ sourceAssetId: "abc", startSeconds: 0, endSeconds: null });
  });

  it("says that only clips have a start and an end, and that an upload is no clip", () => {
    expect(problemsOf({ input: { url, start_time: 1, end_time: 2 } })).toEqual(
      ["start_time", "end_time"].map((field) =>
        expect.stringMatching(`^inputs\\[0\\].${field}: is for clips.*mux://assets/`),
      ),
    );
    expect(problemsOf({ input: { end_time: 2 } }, "upload")).toEqual([expect.stringMatching(/end_time: is for clips/)]);
    expect(problemsOf({ input: { url: "mux://assets/abc", start_time: 1 } }, "upload")).toEqual([
      expect.stringMatching(/^inputs\[0\].url: the upload itself is the first input; a clip of an asset/),
    ]);
  });

  const text = { url: "https://example.com/a.vtt", type: "text", language_code: "en" };

  it("takes captions behind the media", () => {
    const given = { ...text, name: "English", closed_captions: true, passthrough: "p" };
    expect(settingsOf({ inputs: [url, given, text] })).toMatchObject({
      inputUrl: url,
      texts: [
        { url: text.url, languageCode: "en", name: "English", closedCaptions: true, passthrough: "p" },
        { url: text.url, languageCode: "en", name: null, closedCaptions: false, passthrough: null },
      ],
    });
  });

  it.each<[string, object]>([
    ["inputs[1].url", { ...text, url: "file:///etc/passwd" }],
    ["inputs[1].language_code", { url: text.url, type: "text" }],
    ["inputs[1].language_code", { ...text, language_code: "en US" }],
    ["inputs[1].text_type", { ...text, text_type: "chapters" }],
  ])("refuses captions with a wrong %s", (field, wrong) => {
    const problems = problemsOf({ inputs: [url, wrong] });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([field]);
  });

  const sound = { url: "https://example.com/de.m4a", type: "audio", language_code: "de" };

  it("takes further sounds behind the media, also of an upload", () => {
    const read = { url: sound.url, languageCode: "de", name: null, passthrough: null };
    const { inputUrl, sounds, texts } = settingsOf({ inputs: [url, sound, text, { ...sound, name: "Kommentar" }] });
    expect([inputUrl, texts.length]).toEqual([url, 1]);
    expect(sounds).toEqual([read, { ...read, name: "Kommentar" }]);
    expect(settingsOf({ inputs: [sound] }, "upload")).toMatchObject({ inputUrl: null, sounds: [read] });
  });

  it.each<[string, object]>([
    ["inputs[1].url", { ...sound, url: "ftp://example.com/a.mp3" }],
    ["inputs[1].language_code", { url: sound.url, type: "audio" }],
  ])("refuses sound with a wrong %s", (field, wrong) => {
    expect(problemsOf({ inputs: [url, wrong] }).map((problem) => problem.split(":")[0])).toEqual([field]);
  });

  it("refuses a name twice among tracks of one type", () => {
    const twice = { inputs: [url, { ...sound, name: "A" }, { ...text, name: "A" }, { ...sound, name: "A" }] };
    expect(problemsOf(twice)).toEqual(["inputs[3].name: another audio track of the asset has this name"]);
  });

  it("takes captions that are to be written down, also of an upload", () => {
    const generated_subtitles = [{ language_code: "en", name: "Written" }, { language_code: "auto" }];
    const generated = [
      { languageCode: "en", name: "Written", passthrough: null },
      { languageCode: "auto", name: null, passthrough: null },
    ];
    expect(settingsOf({ inputs: [{ url, generated_subtitles }] }).generated).toEqual(generated);
    expect(settingsOf({ inputs: [{ generated_subtitles }] }, "upload").generated).toEqual(generated);
    expect(settingsOf({ input: url }).generated).toEqual([]);
  });

  it.each<[string, AssetSettingsWire]>([
    [
      "inputs[0].generated_subtitles[1].language_code",
      { input: { url, generated_subtitles: [{}, { language_code: "tlh" }] } },
    ],
    ["inputs[0].generated_subtitles[1].name", { input: { url, generated_subtitles: [{ name: "a" }, { name: "a" }] } }],
    [
      "inputs[1].name",
      {
        inputs: [
          { url, generated_subtitles: [{ name: "a" }] },
          { ...text, name: "a" },
        ],
      },
    ],
    ["inputs[1].generated_subtitles", { inputs: [url, { ...text, generated_subtitles: [{}] }] }],
  ])("refuses captions to be written down with a wrong %s", (field, wire) => {
    expect(problemsOf(wire).map((problem) => problem.split(":")[0])).toEqual([field]);
  });

  const overlay = { url: "https://example.com/logo.png", overlay_settings: { width: "10%" } };

  it("takes overlays behind the media, of an upload also as the only inputs, and keeps what it took", () => {
    const { inputUrl, overlays, kept } = settingsOf({ inputs: [url, text, overlay] });
    expect([inputUrl, overlays.map(({ input, url }) => [input, url])]).toEqual([url, [[2, overlay.url]]]);
    expect(kept).toEqual({ inputs: [{ url }, text, overlay] });
    for (const inputs of [[overlay], [{}, overlay]])
      expect(settingsOf({ inputs }, "upload")).toMatchObject({ inputUrl: null, overlays: [{ url: overlay.url }] });
  });

  it("takes ten overlays and not eleven", () => {
    const many = (count: number) => ({ inputs: [url, ...Array.from({ length: count }, () => overlay)] });
    expect(settingsOf(many(10)).overlays).toHaveLength(10);
    expect(problemsOf(many(11))).toEqual(["inputs: at most 10 overlays"]);
  });

  it("takes as many sounds and text tracks as can be added later, and no more", () => {
    const sounds = (count: number) => ({ inputs: [url, ...Array.from({ length: count }, () => sound)] });
    expect(settingsOf(sounds(32)).sounds).toHaveLength(32);
    expect(problemsOf(sounds(33))).toEqual(["inputs: at most 32 inputs of type audio"]);
    expect(problemsOf({ inputs: sounds(33).inputs.slice(1) }, "upload")).toHaveLength(1);
    const texts = (count: number) => ({
      inputs: [{ url, generated_subtitles: [{}, {}] }, ...Array.from({ length: count }, () => text)],
    });
    expect(settingsOf(texts(98)).texts).toHaveLength(98);
    expect(problemsOf(texts(99))).toEqual(["inputs: at most 100 text tracks, generated_subtitles included"]);
  });

  it("takes the wish for shots", () => {
    expect(settingsOf({ input: url, generate_shots: true }).kept).toMatchObject({ generate_shots: true });
  });

  it("lets the first input of an upload only configure it", () => {
    expect(settingsOf({}, "upload").inputUrl).toBeNull();
    expect(settingsOf({ inputs: [{ name: "main" }] }, "upload").kept).toEqual({ inputs: [{ name: "main" }] });
    expect(settingsOf({ inputs: [{}, text] }, "upload").texts).toHaveLength(1);
    expect(settingsOf({ inputs: [text] }, "upload")).toMatchObject({ inputUrl: null, texts: [{ url: text.url }] });
    expect(problemsOf({ input: url }, "upload")).toEqual([expect.stringMatching(/^inputs\[0\].url: /)]);
  });
});

describe("policyProblem", () => {
  it("has none with ours", () => {
    expect(["public", "signed"].flatMap(policyProblem)).toEqual([]);
  });
});
