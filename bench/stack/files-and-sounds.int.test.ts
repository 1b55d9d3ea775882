import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkPresentation } from "../../domain/hls/testing/check-presentation.ts";
import { httpSite } from "../manifests/http-site.ts";
import { uploadAndPlay } from "../ready/upload.ts";
import { startVideoStack, type VideoStack } from "./video-stack.ts";

const run = promisify(execFile);
const SECONDS = 9;
const X264 = ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-bf", "2", "-pix_fmt", "yuv420p", "-b:v", "900k"];
const PATIENCE_MS = 90_000;
/** What was taken away is dead by then (docs/playback.md). */
const GONE_MS = 15_000;

let folder: string;
let web: Server;
let stack: VideoStack;
let mux: Mux;
let film: string;
let assetId: string;
let playlist: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-files-"));
  film = join(folder, "film.mp4");
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=25:duration=${SECONDS},noise=alls=8:allf=t`];
  const sound = (hz: number, seconds: number) => ["-f", "lavfi", "-i", `sine=frequency=${hz}:duration=${seconds}`];
  await ffmpeg([...picture, ...sound(440, SECONDS), ...X264, "-c:a", "aac"], film);
  await ffmpeg([...sound(330, SECONDS + 4), "-c:a", "aac"], join(folder, "longer.m4a"));
  await ffmpeg([...sound(550, 4), "-c:a", "libmp3lame"], join(folder, "shorter.mp3"));
  web = createServer(({ url = "" }, response) => createReadStream(join(folder, basename(url))).pipe(response));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  stack = await startVideoStack({ variables: { FETCH_ALLOW: new URL(webUrl("")).host } });
  const { tokenId, tokenSecret, api: baseURL } = stack;
  mux = new Mux({ tokenId, tokenSecret, baseURL });
  const settings = { master_access: "temporary", mp4_support: "audio-only,capped-1080p" };
  ({ assetId, playlist } = await uploadAndPlay(stack, film, settings));
});
afterAll(async () => {
  await stack?.stop();
  web.closeAllConnections();
  web.close();
  await rm(folder, { recursive: true, force: true });
});

const ffmpeg = (args: readonly string[], file: string) => run("ffmpeg", ["-v", "error", "-y", ...args, file]);
const webUrl = (name: string): string => `http://127.0.0.1:${(web.address() as AddressInfo).port}/${name}`;
const asset = () => mux.video.assets.retrieve(assetId);

/** Every packet's time and hash, as they lie in the file. */
async function packetsOf(file: string): Promise<string> {
  const what = ["-show_entries", "packet=stream_index,pts,dts,data_hash", "-show_data_hash", "md5", "-of", "csv=p=0"];
  return (await run("ffprobe", ["-v", "error", ...what, file], { maxBuffer: 1024 ** 2 })).stdout;
}

async function soundsOf(url: string): Promise<number> {
  const what = ["-select_streams", "a", "-show_entries", "stream=index", "-of", "csv=p=0"];
  const { stdout } = await run("ffprobe", ["-v", "error", ...what, url]);
  return new Set(stdout.split(/\s+/).filter((text) => text !== "")).size;
}

describe("server, transcoder and delivery together", () => {
  it("give out the master of an upload, whole and by ranges, until it is taken away", async () => {
    await expect.poll(async () => (await asset()).master?.status, { timeout: PATIENCE_MS }).toBe("ready");
    const url = (await asset()).master?.url ?? "";
    expect(url).toMatch(/\/mezzanine\.mp4\?token=/);
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    const saved = join(folder, "mezzanine.mp4");
    await writeFile(saved, bytes);
    expect(await packetsOf(saved)).toBe(await packetsOf(film));
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    const part = await fetch(url, { headers: { range: "bytes=1000-1999" } });
    expect([part.status, Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1_000, 2_000))]).toEqual([
      206,
      true,
    ]);
    const named = await fetch(`${url}&download=film.mp4`, { method: "HEAD" });
    expect(named.headers.get("content-disposition")).toContain("film.mp4");
    const { pathname, search } = new URL(url);
    expect((await fetch(`${stack.api}${pathname}${search}`, { method: "HEAD" })).status).toBe(200); // on the API's host too
    expect((await fetch(url.slice(0, -1), { method: "HEAD" })).status).toBe(403);

    await mux.video.assets.updateMasterAccess(assetId, { master_access: "none" });
    const status = async () => (await fetch(url, { method: "HEAD" })).status;
    await expect.poll(status, { timeout: GONE_MS, interval: 500 }).toBe(403);
  });

  it("make the files of the older setting", async () => {
    const told = async () => (await asset()).static_renditions?.status;
    await expect.poll(told, { timeout: PATIENCE_MS, interval: 250 }).toBe("ready");
    const { files = [] } = (await asset()).static_renditions ?? {};
    expect(files.map(({ name, height }) => [name, height])).toEqual([
      ["audio.m4a", undefined],
      ["capped-1080p.mp4", 360],
    ]);
    for (const { name, filesize } of files) {
      const answer = await fetch(playlist.replace(".m3u8", `/${name}`), { method: "HEAD" });
      expect([answer.status, answer.headers.get("content-length")]).toEqual([200, filesize]);
    }
  });

  it("play sounds that are added by URL, longer and shorter ones, and stop when they are deleted", async () => {
    const longer = await mux.video.assets.createTrack(assetId, {
      url: webUrl("longer.m4a"),
      type: "audio",
      language_code: "de",
    });
    await mux.video.assets.createTrack(assetId, { url: webUrl("shorter.mp3"), type: "audio", language_code: "fr" });
    const states = async () => new Set((await asset()).tracks?.map(({ status }) => status));
    await expect.poll(states, { timeout: PATIENCE_MS, interval: 250 }).toEqual(new Set(["ready"]));
    const text = async () => (await fetch(playlist)).text();
    await expect.poll(text, { timeout: GONE_MS, interval: 500 }).toMatch(/NAME="German"[\s\S]*NAME="French"/);
    expect(await checkPresentation(httpSite, playlist)).toEqual([]);
    expect(await checkPresentation(httpSite, `${playlist}?asset_start_time=3&asset_end_time=6`)).toEqual([]);
    expect(await soundsOf(playlist)).toBe(3);
    expect(await soundsOf(playlist.replace(".m3u8", ".mpd"))).toBe(3);

    await mux.video.assets.deleteTrack(assetId, longer.id ?? "");
    await expect.poll(text, { timeout: GONE_MS, interval: 500 }).not.toContain("German");
    expect(await checkPresentation(httpSite, playlist)).toEqual([]);
  });
});
