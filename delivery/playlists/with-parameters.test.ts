import { expect, it } from "vitest";
import { dashWithView, withParameters } from "./with-parameters.ts";

const MULTIVARIANT = `#EXTM3U
#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="id/metadata.json"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",URI="id/h/-/plan/audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1
id/h/-/plan/720p.m3u8?a=1
`;

it("tells playlists and segments their view, and data the token", () => {
  expect(withParameters(MULTIVARIANT, { view: "vsid=x", data: "token=y" })).toBe(`#EXTM3U
#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="id/metadata.json?token=y"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",URI="id/h/-/plan/audio.m3u8?vsid=x"
#EXT-X-STREAM-INF:BANDWIDTH=1
id/h/-/plan/720p.m3u8?a=1&vsid=x
`);
  const media = '#EXTM3U\n#EXT-X-MAP:URI="../init.mp4"\n#EXTINF:2,\n../0.m4s\n';
  expect(withParameters(media, { view: "vsid=x", data: null })).toBe(media.replace("0.m4s", "0.m4s?vsid=x"));
});

it("changes nothing where there is nothing to add", () => {
  expect(withParameters(MULTIVARIANT, { view: null, data: null })).toBe(MULTIVARIANT);
});

it("tells the segments of DASH their view, and nothing else", () => {
  const template = (media: string) =>
    `<SegmentTemplate initialization="id/s/-/plan/$RepresentationID$/init.mp4" media="${media}">`;
  const manifest = [template("$Number$.m4s"), "<BaseURL>id/t/-/plan/track.vtt</BaseURL>", template("a/$Number$.m4s")];
  expect(dashWithView(manifest.join("\n"), "vsid=x")).toBe(
    [template("$Number$.m4s?vsid=x"), manifest[1], template("a/$Number$.m4s?vsid=x")].join("\n"),
  );
});
