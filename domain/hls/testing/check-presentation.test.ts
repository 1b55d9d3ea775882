import { describe, expect, it } from "vitest";
import { checkPresentation } from "./check-presentation.ts";
import { type Files, pictureSegment, RATE, siteOf, smallPresentation, videoInit } from "./small-presentation.ts";

type Spoil = (files: Files) => void;

/** Replaces a part of a playlist; throws where it is not there, or the fault would test nothing. */
function replacing(name: string, part: string | RegExp, by: string): Spoil {
  return (files) => {
    const text = files.get(name);
    if (typeof text !== "string" || text.replace(part, by) === text) throw new Error(`${name} has no ${part}`);
    files.set(name, text.replace(part, by));
  };
}

const setting =
  (name: string, file: string | Uint8Array): Spoil =>
  (files) => {
    if (!files.has(name)) throw new Error(`there is no ${name}`);
    files.set(name, file);
  };

const removing =
  (name: string): Spoil =>
  (files) => {
    if (!files.delete(name)) throw new Error(`there is no ${name}`);
  };

/** Pictures of one tick each. */
const ones = (pictures: number): number[] => Array(pictures).fill(1);
const MEDIA = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio"';

async function rulesBroken(spoil: Spoil): Promise<string[]> {
  const files = smallPresentation();
  spoil(files);
  const faults = await checkPresentation(siteOf(files), "main.m3u8");
  return [...new Set(faults.map(({ rule }) => rule))];
}

describe("checkPresentation", () => {
  it("finds nothing wrong with what is right", async () => {
    expect(await checkPresentation(siteOf(smallPresentation()), "main.m3u8")).toEqual([]);
  });

  it("says where and what", async () => {
    const files = smallPresentation();
    setting("low/1.m4s", pictureSegment(50, ones(50), { isSync: false }))(files);
    expect(await checkPresentation(siteOf(files), "main.m3u8")).toEqual([
      { rule: "4.4.2.1", where: "low/1.m4s", what: "does not begin with a sync sample" },
    ]);
  });

  it.each<[string, string, Spoil]>([
    ["4", "a playlist that is not there", removing("low.m3u8")],
    ["4.1", "a byte order mark", replacing("main.m3u8", /^/, "\ufeff")],
    ["4.1", "a control character", replacing("low.m3u8", "#EXT-X-ENDLIST", "#EXT-X-ENDLIST\u0007")],
    ["4.1", "a tag of the other kind of playlist", replacing("low.m3u8", "#EXT-X-ENDLIST", `${MEDIA}\n#EXT-X-ENDLIST`)],
    ["4.1", "a segment's tag among variants", replacing("main.m3u8", "#EXT-X-VERSION:7", "#EXTINF:2,")],
    ["4.4.1.1", "a missing EXTM3U", replacing("low.m3u8", "#EXTM3U\n", "")],
    ["4.4.1", "two versions", replacing("low.m3u8", "#EXT-X-VERSION:7", "#EXT-X-VERSION:7\n#EXT-X-VERSION:7")],
    ["4.2", "an attribute twice", replacing("main.m3u8", "BANDWIDTH=69000", "BANDWIDTH=69000,BANDWIDTH=69000")],
    ["4.2", "a quoted number", replacing("main.m3u8", "BANDWIDTH=69000", 'BANDWIDTH="69000"')],
    ["4.2", "a text without quotes", replacing("main.m3u8", 'GROUP-ID="audio"', "GROUP-ID=audio")],
    ["4.2", "a malformed attribute list", replacing("low.m3u8", 'URI="low/init.mp4"', 'URI = "low/init.mp4"')],
    ["4.4.3.1", "a target duration that a segment exceeds", replacing("low.m3u8", "DURATION:2", "DURATION:1")],
    ["4.4.3.1", "no target duration", replacing("low.m3u8", /#EXT-X-TARGET.*\n/, "")],
    [
      "4.4.3.2",
      "a media sequence after a segment",
      replacing("low.m3u8", /(#EXT-X-MEDIA-SEQUENCE:0\n)([\s\S]*0.m4s\n)/, "$2$1"),
    ],
    ["4.4.3.4", "no end", replacing("low.m3u8", "#EXT-X-ENDLIST", "")],
    ["4.4.3.5", "another type than VOD", replacing("low.m3u8", "TYPE:VOD", "TYPE:EVENT")],
    ["4.4.4.1", "a segment without EXTINF", replacing("low.m3u8", /#EXTINF.*\n/, "")],
    ["4.4.4.1", "an EXTINF that is not the segment's length", replacing("low.m3u8", "2.000000", "1.960000")],
    ["4.4.4.1", "a segment that is shorter than its EXTINF", setting("low/2.m4s", pictureSegment(100, ones(29)))],
    ["3", "a segment twice", replacing("low.m3u8", "low/1.m4s", "low/0.m4s")],
    ["3", "a segment that is not there", removing("low/1.m4s")],
    ["3", "a segment that begins late", setting("low/2.m4s", pictureSegment(101, ones(30)))],
    ["3.1.3", "no init segment", replacing("low.m3u8", /#EXT-X-MAP.*\n/, "")],
    ["3.1.2", "an init segment that is none", setting("low/init.mp4", new Uint8Array(8))],
    ["3.1.2", "a segment that was cut off", setting("low/0.m4s", pictureSegment(0, ones(50)).subarray(0, 900))],
    [
      "4.4.2.1",
      "a segment that begins with no IDR picture",
      setting("high/1.m4s", pictureSegment(50, ones(50), { nalType: 1 })),
    ],
    ["4.4.2.1", "a leading picture", setting("high/1.m4s", pictureSegment(50, ones(50), { ctsOffsets: [1, -1] }))],
    ["4.4.3.6", "an I-frame segment of two pictures", setting("trick/1.m4s", pictureSegment(50, [25, 25]))],
    ["4.4.3.6", "an I-frame segment that is none", setting("trick/1.m4s", pictureSegment(50, [50], { nalType: 1 }))],
    [
      "4.4.6.3",
      "an I-frame stream of an ordinary playlist",
      replacing("main.m3u8", 'URI="trick.m3u8"', 'URI="low.m3u8"'),
    ],
    ["4.4.6.3", "an I-frame stream with sound", replacing("main.m3u8", 'URI="trick', 'AUDIO="audio",URI="trick')],
    ["4.4.6.3", "an I-frame stream whose peak is higher", replacing("main.m3u8", "BANDWIDTH=2400", "BANDWIDTH=300")],
    ["4.4.6.2", "a variant without URI", replacing("main.m3u8", "low.m3u8\n", "")],
    ["4.4.6.2", "a URI without variant", replacing("main.m3u8", "low.m3u8\n", "low.m3u8\nlow.m3u8\n")],
    ["4.4.6.2", "a variant twice", replacing("main.m3u8", "low.m3u8", "high.m3u8")],
    ["4.4.6.2", "no bandwidth", replacing("main.m3u8", "BANDWIDTH=69000,", "")],
    ["4.4.6.2", "a bandwidth below the peak", replacing("main.m3u8", "BANDWIDTH=69000,A", "BANDWIDTH=67100,A")],
    [
      "4.4.6.2",
      "a mean above the bandwidth",
      replacing("main.m3u8", "AVERAGE-BANDWIDTH=67000", "AVERAGE-BANDWIDTH=69001"),
    ],
    [
      "4.4.6.2",
      "a mean far below the real",
      replacing("main.m3u8", "AVERAGE-BANDWIDTH=67000", "AVERAGE-BANDWIDTH=40000"),
    ],
    ["4.4.6.2", "codecs that leave out the sound", replacing("main.m3u8", ",mp4a.40.2", "")],
    ["4.4.6.2", "codecs that are others", setting("high/init.mp4", videoInit(320, 180, 40))],
    ["4.4.6.2", "a resolution that is another", setting("high/init.mp4", videoInit(322, 180))],
    ["4.4.6.2", "a rate that is exceeded", replacing("main.m3u8", "FRAME-RATE=25.000", `FRAME-RATE=${RATE - 1}.000`)],
    ["4.4.6.2", "a group that does not exist", replacing("main.m3u8", 'AUDIO="audio"', 'AUDIO="other"')],
    ["4.4.6.1", "a rendition without name", replacing("main.m3u8", ',NAME="Audio"', "")],
    ["4.4.6.1", "a default that is not selected", replacing("main.m3u8", "AUTOSELECT=YES", "AUTOSELECT=NO")],
    [
      "4.4.6.1",
      "subtitles without URI",
      replacing("main.m3u8", MEDIA, `${MEDIA.replace("AUDIO", "SUBTITLES")}\n${MEDIA}`),
    ],
    [
      "4.4.6.1.1",
      "a name twice in a group",
      replacing("main.m3u8", MEDIA, `${MEDIA},CHANNELS="2",URI="audio.m3u8"\n${MEDIA}`),
    ],
    [
      "4.4.6.1.1",
      "two defaults in a group",
      replacing(
        "main.m3u8",
        MEDIA,
        `${MEDIA.replace('"Audio"', '"B"')},DEFAULT=YES,CHANNELS="2",URI="audio.m3u8"\n${MEDIA}`,
      ),
    ],
    ["4.4.6.4", "session data without value", replacing("main.m3u8", ',URI="title.json"', "")],
    ["4.4.6.4", "session data that are no JSON", setting("title.json", "A title")],
    ["4.4.6.4", "session data twice", replacing("main.m3u8", /(#EXT-X-SESSION-DATA.*\n)/, "$1$1")],
    ["6.2.4", "target durations that differ", replacing("low.m3u8", "DURATION:2", "DURATION:3")],
    ["6.2.4", "renditions of different segments", replacing("low.m3u8", /#EXTINF:1.200000,\nlow\/2.m4s\n/, "")],
    ["8", "a version that is too low", replacing("low.m3u8", "VERSION:7", "VERSION:5")],
  ])("finds by %s: %s", async (rule, _, spoil) => {
    expect(await rulesBroken(spoil)).toContain(rule);
  });

  it("finds media that begin at different times", async () => {
    const late: Spoil = (files) => {
      for (const [n, pictures] of [50, 50, 30].entries()) {
        files.set(`low/${n}.m4s`, pictureSegment(n * 50 + 5, ones(pictures)));
      }
    };
    expect(await rulesBroken(late)).toEqual(["6.2.4"]);
  });

  it("does not mind text, images and what it does not know", async () => {
    const files = smallPresentation();
    const text = '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="English",LANGUAGE="en",URI="text.m3u8"';
    const images = '#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,RESOLUTION=32x18,CODECS="jpeg",URI="images.m3u8"';
    replacing("main.m3u8", /$/, `${text}\n${images}\n#EXT-X-ANOTHER:1\n# a comment\n`)(files);
    const head = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    files.set("text.m3u8", `${head}#EXTINF:5,\ntext.vtt\n#EXT-X-ENDLIST\n`);
    files.set("text.vtt", "WEBVTT\n");
    files.set("images.m3u8", `${head}#EXT-X-IMAGES-ONLY\n#EXTINF:5,\nimage.jpg\n#EXT-X-ENDLIST\n`);
    expect(await checkPresentation(siteOf(files), "main.m3u8")).toEqual([]);
    files.set("text.vtt", "1\n00:00");
    expect(await checkPresentation(siteOf(files), "main.m3u8")).toMatchObject([{ rule: "3.1.4", where: "text.vtt" }]);
  });
});
