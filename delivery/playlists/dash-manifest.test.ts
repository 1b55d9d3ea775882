import { describe, expect, it } from "vitest";
import { audioRendition, PLAN_ID, smallPlan, videoRendition } from "../testing/plans.ts";
import { type DashFacts, dashManifest } from "./dash-manifest.ts";
import { readManifestParams } from "./manifest-params.ts";

const ID = "Wxleyp02vY5LdQ01v00VDiqWLMUFXiwVL8Mw01qLZTBbgM";
const FOLDER = `${ID}/s/-/${PLAN_ID}/$RepresentationID$`;

function manifest(query = "", plan = smallPlan(), change: Partial<DashFacts> = {}): string {
  const params = readManifestParams(new URLSearchParams(query));
  return dashManifest({ playbackId: ID, grant: "-", plan, bases: [""], textTracks: [], ...change }, params);
}

const attributes = (text: string, name: string): string[] =>
  Array.from(text.matchAll(new RegExp(` ${name}="([^"]*)"`, "g")), ([, value]) => value ?? "");

describe("dashManifest", () => {
  it("names the segments of HLS with their exact times", () => {
    expect(manifest("max_resolution=360p")).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" minBufferTime="PT2S" mediaPresentationDuration="PT10.010000S">
  <Period id="0" start="PT0S" duration="PT10.010000S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="30000" presentationTimeOffset="0" startNumber="0" initialization="${FOLDER}/init.mp4" media="${FOLDER}/$Number$.m4s">
        <SegmentTimeline>
          <S t="0" d="60060" r="1"/>
          <S t="120120" d="120120"/>
          <S t="240240" d="60060"/>
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="360p" bandwidth="1445037" codecs="avc1.64001f" width="640" height="360" sar="1:1" frameRate="29970/1000"/>
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1" lang="und">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      <Label>Audio</Label>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <SegmentTemplate timescale="48000" presentationTimeOffset="0" startNumber="0" initialization="${FOLDER}/init.mp4" media="${FOLDER}/$Number$.m4s">
        <SegmentTimeline>
          <S t="0" d="96256" r="1"/>
          <S t="192512" d="191488"/>
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="audio" bandwidth="140000" codecs="mp4a.40.2" audioSamplingRate="48000"/>
    </AdaptationSet>
    <AdaptationSet id="3" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1" codingDependency="false">
      <EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="1"/>
      <SegmentTemplate timescale="30000" presentationTimeOffset="0" startNumber="0" initialization="${FOLDER}/init.mp4" media="${FOLDER}/$Number$.m4s">
        <SegmentTimeline>
          <S t="0" d="60060" r="1"/>
          <S t="120120" d="120120"/>
          <S t="240240" d="60060"/>
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="trick" bandwidth="226903" codecs="avc1.640015" width="480" height="270" sar="1:1" frameRate="1000/1000"/>
    </AdaptationSet>
  </Period>
</MPD>
`);
  });

  it("begins a clip at its first picture, for picture and sound alike", () => {
    const clipped = manifest("asset_start_time=3&asset_end_time=7");
    expect(attributes(clipped, "presentationTimeOffset")).toEqual(["60060", "96096", "60060"]); // 2.002 s
    expect(attributes(clipped, "startNumber")).toEqual(["1", "1", "1"]);
    expect(attributes(clipped, "mediaPresentationDuration")).toEqual(["PT6.006000S"]);
    expect(clipped).toContain('<S t="96256" d="96256"/>'); // the sound's own boundary, 3 ms later
  });

  it("names every CDN, redundant streams or not, and languages", () => {
    const [english, german] = ["en", "de"].map((language, at) => ({
      ...audioRendition(smallPlan().boundaries),
      language,
      name: at === 0 ? "audio" : "audio-2",
    }));
    if (english === undefined || german === undefined) throw new Error("there are two");
    const bases = ["https://one.example/", "https://two.example/a&b/"];
    const text = manifest("", smallPlan({ audio: [english, german] }), { bases });
    expect(text.match(/<BaseURL>.*<\/BaseURL>/g)).toEqual([
      "<BaseURL>https://one.example/</BaseURL>",
      "<BaseURL>https://two.example/a&amp;b/</BaseURL>",
    ]);
    expect(attributes(text, "lang")).toEqual(["en", "de"]);
    expect(text).toContain('value="alternate"');
  });

  it("has only sound where there is no picture, and only picture where there is no sound", () => {
    const sound = manifest("", smallPlan({ video: [], pictureEnd: 0 }));
    expect(attributes(sound, "contentType")).toEqual(["audio"]);
    expect(attributes(sound, "mediaPresentationDuration")).toEqual(["PT8.000000S"]);
    const still = manifest("", smallPlan({ audio: [], video: [videoRendition(360, { frameRate: 0 })] }));
    expect(attributes(still, "contentType")).toEqual(["video", "video"]);
    expect(attributes(still, "frameRate")).toEqual(["1000/1000"]);
  });

  it("names each text track as one file of what it shows", () => {
    const track = (id: string, name: string, language: string, isClosedCaptions = false) => ({
      ...{ id, name, language, isClosedCaptions },
    });
    const textTracks = [track("track1", 'A & "B"', "en"), track("track2", "Deutsch", "de", true)];
    const clip = "asset_start_time=3&asset_end_time=7";
    const text = manifest(`${clip}&default_subtitles_lang=de-AT`, smallPlan(), { textTracks });
    expect(text.slice(text.indexOf('    <AdaptationSet id="4"'))).toBe(
      `    <AdaptationSet id="4" contentType="text" mimeType="text/vtt" lang="en">
      <Label>A &amp; &quot;B&quot;</Label>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle"/>
      <Representation id="track1" bandwidth="1000">
        <BaseURL>${ID}/t/-/${PLAN_ID}/track1.vtt?${clip.replace("&", "&amp;")}</BaseURL>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="5" contentType="text" mimeType="text/vtt" lang="de">
      <Label>Deutsch</Label>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="caption"/>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <Representation id="track2" bandwidth="1000">
        <BaseURL>${ID}/t/-/${PLAN_ID}/track2.vtt?${clip.replace("&", "&amp;")}</BaseURL>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
`,
    );
    // a grant tells the clip by itself
    const signed = manifest(clip, smallPlan(), { textTracks, grant: "abc" });
    expect(signed).toContain(`<BaseURL>${ID}/t/abc/${PLAN_ID}/track1.vtt</BaseURL>`);
  });
});
