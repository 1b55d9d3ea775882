import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseAllowList } from "../../domain/network/allow-list.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { fetchInput } from "./fetch-input.ts";

const KEY = "abc123/asset/source/1";
const LIMITS = { sizeBytes: 1_000_000, ms: 1_500 };

let folder: string;
let objects: Objects;
let server: Server;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-fetch-"));
  objects = openFolderObjects(folder);
  server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function fetched(): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const { list: allow } = parseAllowList(`127.0.0.1:${port}`);
  const url = `http://127.0.0.1:${port}/film.mp4`;
  return fetchInput(objects, { url, key: KEY, allow, signal: new AbortController().signal, limits: LIMITS });
}

/** Sends the same piece again and again, until the client leaves. */
function endless(response: ServerResponse, bytes: number, everyMs: number): void {
  const timer = setInterval(() => response.write(Buffer.alloc(bytes)), everyMs);
  response.once("close", () => clearInterval(timer));
}

describe("fetchInput", () => {
  it("stores what is sent, also when the first attempt breaks off", async () => {
    let attempts = 0;
    answer = (response) => {
      attempts += 1;
      response.writeHead(200, { "content-length": 5 });
      if (attempts === 1) response.write("fi", () => response.destroy());
      else response.end("films");
    };
    await fetched();
    expect(attempts).toBe(2);
    expect((await objects.head(KEY))?.sizeBytes).toBe(5);
  });

  it.each([
    ["endless", (response: ServerResponse) => endless(response, 100_000, 5), "too large"],
    ["sent a byte at a time", (response: ServerResponse) => endless(response, 1, 100), "too long"],
  ])("stores nothing of an answer that is %s", async (_, send, message) => {
    answer = send;
    await expect(fetched()).rejects.toMatchObject({
      type: "download_failed",
      message: expect.stringContaining(message),
    });
    expect(await objects.head(KEY)).toBeNull();
  });
});
