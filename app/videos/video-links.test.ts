import { describe, expect, it } from "vitest";
import { audiencePath, embedLines, publicPlaybackId, thumbnailUrl } from "./video-links.ts";

const HOSTS = {
  apiOrigin: "http://localhost:3001",
  streamOrigin: "http://localhost:3003",
  imageOrigin: "http://localhost:3003",
  playerDomain: "localhost:3443",
  collector: "localhost:3002",
};

describe("embedLines", () => {
  it("names the hosts, and keeps a title inside its attribute", () => {
    const [, player] = embedLines(HOSTS, "Pb01", { title: 'A "quoted" <title> & more', environmentKey: "key1" });
    expect(player).toBe(
      '<mux-player playback-id="Pb01" custom-domain="localhost:3443" beacon-collection-domain="localhost:3002" env-key="key1" metadata-video-title="A &quot;quoted&quot; &lt;title> &amp; more"></mux-player>',
    );
    expect(embedLines(HOSTS, "Pb01", { title: null, environmentKey: null })[1]).not.toMatch(/metadata|env-key/);
  });
});

describe("audiencePath", () => {
  it("narrows Monitoring to the title", () => {
    expect(audiencePath("abc123", "Q&A: 1 + 1")).toBe("/environments/abc123/monitoring?video_title=Q%26A%3A+1+%2B+1");
  });
});

describe("thumbnailUrl", () => {
  it("asks for hundredths of a second at most", () => {
    expect(thumbnailUrl(HOSTS, "Pb01", { widthPx: 320, seconds: 10 / 3 })).toBe(
      "http://localhost:3003/Pb01/thumbnail.webp?width=320&time=3.33",
    );
  });
});

describe("publicPlaybackId", () => {
  it("passes over ids that need a token", () => {
    const signed = { id: "s", policy: "signed" };
    expect(publicPlaybackId({ playbackIds: [signed, { id: "p", policy: "public" }] })).toBe("p");
    expect(publicPlaybackId({ playbackIds: [signed] })).toBeNull();
  });
});
