import { expect, it } from "vitest";
import { mediaPlaylists } from "./played-rendition.ts";

const MULTIVARIANT = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",URI="id/h/-/plan/audio.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",URI="id/h/-/plan/text/en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3,AUDIO="audio"
id/h/-/plan/720p.m3u8?order=desc
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="id/h/-/plan/trick.m3u8"
`;

it("names the playlists of pictures and sound that are played, by rendition", () => {
  expect([...mediaPlaylists(MULTIVARIANT, "http://host.example/id.m3u8")]).toEqual([
    ["audio", "http://host.example/id/h/-/plan/audio.m3u8"],
    ["720p", "http://host.example/id/h/-/plan/720p.m3u8?order=desc"],
  ]);
});
