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
      texts: [],
      overlays: [],
      policies: [],
      videoQuality: "basic",
      maxResolutionTier: "1080p",
      passthrough: null,
      meta: {},
      isTest: false,
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
    ["mp4_support", { input: url, mp4_support: "standard" }],
    ["master_access", { input: url, master_access: "temporary" }],
    ["directives", { input: url, directives: [{ id: "x" }] }],
    ["playback_policies", { input: url, playback_policy: "drm" }],
    ["playback_policies", { input: url, advanced_playback_policies: [{ policy: "drm" }] }],
    ["inputs[1]", { inputs: [url, "https://example.com/b.mp4"] }],
    ["inputs[1]", { inputs: [url, { url, type: "audio", language_code: "de" }] }],
    ["inputs[0].type", { input: { url, type: "text" } }],
    ["inputs[0].generated_subtitles", { input: { url, generated_subtitles: [{}] } }],
    ["inputs[0].start_time", { input: { url, start_time: 1 } }],
    ["inputs[0].start_time", { input: { url, end_time: 1 } }],
    ["inputs[0].url", { input: "mux://assets/abc" }],
  ])("says of %s that it is not supported yet", (field, wire) => {
    expect(problemsOf(wire)).toEqual([expect.stringContaining("is not supported yet")]);
    expect(problemsOf(wire)[0]?.startsWith(field)).toBe(true);
  });

  it("takes files of whole renditions, or says why not", () => {
    const files = settingsOf({ input: url, static_renditions: [{ resolution: "highest" }] }).staticRenditions;
    expect(files).toEqual([{ resolution: "highest", passthrough: null }]);
  });

  it.each<[string, AssetSettingsWire]>([
    ["static_renditions", { input: url, static_renditions: [{ resolution: "8k" }] }],
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
