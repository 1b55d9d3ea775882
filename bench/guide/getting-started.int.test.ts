import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../../platform/postgres/testing.ts";
import { uploadAndPlay } from "../ready/upload.ts";
import { ROOT } from "../stack/processes.ts";
import { startVideoStack, type VideoStack } from "../stack/video-stack.ts";

/** The programs of docs/getting-started.md, run as they stand there. */
const RUNNERS: Record<string, string> = { js: process.execPath, python: "python3", bash: "bash" };
const FILM = join(ROOT, "node_modules/vide/test/video/ocean.mp4");
const SECRET = "a secret";

let folder: string;
let stack: VideoStack;
let programs: Map<string, string>;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-guide-"));
  await mkdir(join(folder, "programs"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const page = await readFile(join(ROOT, "docs/getting-started.md"), "utf8");
  const found = [...page.matchAll(/^```(js|python|bash) (\S+)\n(.*?)^```$/gms)];
  programs = new Map(found.map(([, language = "", name = ""]) => [name, language]));
  for (const [, , name = "", source = ""] of found) await writeFile(join(folder, "programs", name), source);
  stack = await startVideoStack();
  environment = {
    ...{ PATH: process.env["PATH"], MUX_BASE_URL: stack.api, STREAM_URL: stack.stream, FILM },
    ...{ MUX_TOKEN_ID: stack.tokenId, MUX_TOKEN_SECRET: stack.tokenSecret, MUX_WEBHOOK_SECRET: SECRET },
  };
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

function start(name: string, variables: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const runner = RUNNERS[programs.get(name) ?? ""];
  if (runner === undefined) throw new Error(`${name} is not on the page`);
  return spawn(runner, [join(folder, "programs", name)], { cwd: folder, env: { ...environment, ...variables } });
}

async function outputOf(name: string, variables?: NodeJS.ProcessEnv): Promise<string> {
  const child = start(name, variables);
  const [out, problems, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  expect([code, problems]).toEqual([0, ""]);
  return out.trim();
}

async function expectPlaylist(url: string): Promise<void> {
  const answer = await fetch(url);
  expect(answer.status, url).toBe(200);
  expect(await answer.text()).toContain("#EXT-X-STREAM-INF");
}

describe("the page's programs", () => {
  it("are those that are run here", () => {
    expect([...programs.keys()].sort()).toEqual(
      ["sign.mjs", "sign.py", "sign.sh", "upload.mjs", "upload.py", "upload.sh", "webhook.mjs", "webhook.py"].sort(),
    );
  });

  it.each(["upload.mjs", "upload.py", "upload.sh"])("%s uploads a film, and prints where it plays", async (name) => {
    await expectPlaylist(await outputOf(name));
  });

  it.each(["sign.mjs", "sign.py", "sign.sh"])("%s signs a URL that plays a signed asset", async (name) => {
    const { playbackId } = await signedAsset();
    const url = await outputOf(name, { PLAYBACK_ID: playbackId });
    expect((await fetch(`${stack.stream}/${playbackId}.m3u8`)).status).toBe(403);
    await expectPlaylist(url);
  });

  it.each(["webhook.mjs", "webhook.py"])("%s takes what is signed, and nothing else", async (name) => {
    const port = await freePort();
    const child = start(name, { PORT: String(port) });
    const printed = text(child.stdout);
    const post = async (secret: string, ageSeconds = 0): Promise<number> => {
      const body = JSON.stringify({ type: "video.asset.ready", object: { type: "asset", id: "film" } });
      const seconds = Math.floor(Date.now() / 1_000) - ageSeconds;
      const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
      const headers = { "content-type": "application/json", "mux-signature": `t=${seconds},v1=${signature}` };
      return (await fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body })).status;
    };
    await vi.waitFor(async () => expect(await post(SECRET)).toBe(204), 10_000);
    expect(await post("another secret")).toBe(401);
    expect(await post(SECRET, 600)).toBe(401);
    child.kill();
    expect((await printed).trim()).toBe("video.asset.ready film");
  });
});

async function signedAsset(): Promise<{ playbackId: string }> {
  const { assetId } = await uploadAndPlay(stack, FILM);
  const headers = { authorization: stack.authorization, "content-type": "application/json" };
  const url = `${stack.api}/video/v1/assets/${assetId}/playback-ids`;
  const answer = await fetch(url, { method: "POST", headers, body: '{"policy":"signed"}' });
  return { playbackId: ((await answer.json()) as { data: { id: string } }).data.id };
}
