import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Listener, listen } from "../../platform/http/listen.ts";
import { ObjectMissingError } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { NothingToMakeError } from "../make/make-object.ts";
import { BusyError } from "../make/slots.ts";
import { type MakeParts, makeListener } from "./make-listener.ts";

const SECRET = "s".repeat(32);
const SEGMENT = {
  kind: "segment",
  environment: "abc123",
  assetId: "A".repeat(44),
  planId: "0".repeat(16),
  rendition: "270p",
  segment: 0,
};
const IMAGE = {
  ...SEGMENT,
  kind: "image",
  format: "png",
  timeSeconds: 1,
  widthPx: null,
  heightPx: 90,
  fitMode: "preserve",
  rotateDegrees: 0,
  flipH: false,
  flipV: false,
};

let listener: Listener;
let parts: MakeParts;

beforeEach(async () => {
  parts = {
    secret: SECRET,
    log: createLogger("test", "silent"),
    maker: { make: async (wanted) => ({ key: wanted.kind, sizeBytes: 3, sha256: "ab" }) },
    image: async () => Buffer.from("png"),
  };
  listener = await listen(["127.0.0.1"], 0, (incoming, response) => makeListener(parts)(incoming, response));
});
afterEach(() => listener.close(0));

function ask(
  body: unknown,
  { secret = SECRET, method = "POST", path = "/make", signal = undefined as AbortSignal | undefined } = {},
) {
  return fetch(`http://127.0.0.1:${listener.port}${path}`, {
    method,
    ...(method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
    headers: { authorization: `Bearer ${secret}` },
    ...(signal === undefined ? {} : { signal }),
  });
}

describe("POST /make", () => {
  it("answers with what was made, or with the bytes of a picture", async () => {
    expect(await (await ask(SEGMENT)).json()).toEqual({ key: "segment", sizeBytes: 3, sha256: "ab" });
    const image = await ask(IMAGE);
    expect([image.headers.get("content-type"), await image.text()]).toEqual(["image/png", "png"]);
    const range = { startSeconds: 0, endSeconds: 1 };
    const animation = { ...IMAGE, ...range, kind: "animation", format: "gif", fps: 12.5 };
    expect((await ask(animation)).headers.get("content-type")).toBe("image/gif");
    const storyboard = { ...SEGMENT, ...range, kind: "storyboard", format: "webp" };
    expect((await ask(storyboard)).headers.get("content-type")).toBe("image/webp");
    expect((await ask({ ...storyboard, format: "gif" })).status).toBe(400);
  });

  it.each([
    ["another secret", 401, () => ask(SEGMENT, { secret: "wrong" })],
    ["another path", 404, () => ask(SEGMENT, { path: "/" })],
    ["another method", 404, () => ask(SEGMENT, { method: "GET" })],
    ["no JSON", 400, () => ask("{")],
    ["too long a body", 400, () => ask({ ...SEGMENT, more: "x".repeat(5_000) })],
    ["an id that leads elsewhere", 400, () => ask({ ...SEGMENT, assetId: "../other" })],
    ["an unknown kind", 400, () => ask({ ...SEGMENT, kind: "film" })],
    ["an endless picture", 400, () => ask({ ...IMAGE, widthPx: 1e9 })],
  ])("refuses %s with %i", async (_, status, sending) => {
    expect((await sending()).status).toBe(status);
  });

  it("says 404 for what the plan does not have, and 503 with Retry-After for what fails", async () => {
    parts.maker = { make: () => Promise.reject(new NothingToMakeError("no")) };
    expect((await ask(SEGMENT)).status).toBe(404);
    parts.maker = { make: () => Promise.reject(new ObjectMissingError("the asset was deleted")) };
    expect((await ask(SEGMENT)).status).toBe(404);
    parts.maker = { make: () => Promise.reject(new Error("ffmpeg failed")) };
    const failed = await ask(SEGMENT);
    expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await failed.text()).not.toContain("ffmpeg");
    parts.maker = { make: () => Promise.reject(new BusyError("too many")) };
    expect(await (await ask(SEGMENT)).text()).toContain("Too much is wanted");
    parts.image = async () => null;
    expect((await ask(IMAGE)).status).toBe(404);
  });

  it("stops the work when the client leaves", async () => {
    const { promise: stopped, resolve } = Promise.withResolvers<unknown>();
    parts.maker = {
      make: (_wanted, _priority, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            resolve(signal.reason);
            reject(signal.reason);
          });
        }),
    };
    const leaving = new AbortController();
    const asked = ask(SEGMENT, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 100);
    await expect(asked).rejects.toThrow();
    await expect(stopped).resolves.toMatchObject({ message: "the client left" });
  });

  it("reads no body whose length it is not told", async () => {
    const sent = request({
      port: listener.port,
      host: "127.0.0.1",
      path: "/make",
      method: "POST",
      headers: { authorization: `Bearer ${SECRET}` },
    });
    sent.write("{");
    const [response] = await new Promise<[import("node:http").IncomingMessage]>((resolve) =>
      sent.once("response", (answer) => resolve([answer])),
    );
    expect([response.statusCode, await text(response)]).toEqual([400, expect.stringContaining("length")]);
    sent.destroy();
  });
});
