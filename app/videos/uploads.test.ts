import { describe, expect, it } from "vitest";
import type { TransferEvents } from "./start-transfer.ts";
import { sentRatio, titleOf, type Upload } from "./upload-state.ts";
import { createUploads } from "./uploads.ts";
import type { ApiAnswer } from "./video-api.ts";
import type { DirectUpload } from "./wire.ts";

const upload = (change: Partial<DirectUpload>): ApiAnswer<DirectUpload> => ({
  kind: "ok",
  value: { id: "u1", status: "waiting", url: "http://api/u1", assetId: null, error: null, ...change },
});

/** A world in which every answer and every transfer is in the test's hand. */
function world(create: ApiAnswer<DirectUpload> = upload({}), later: ApiAnswer<DirectUpload>[] = []) {
  const asked: string[] = [];
  const transfers: { file: File; events: TransferEvents; aborted: boolean }[] = [];
  let nowMs = 0;
  const uploads = createUploads({
    origin: "http://localhost:3000",
    nowMs: () => nowMs,
    wait: () => Promise.resolve(),
    api: {
      createUpload: async ({ corsOrigin, title }) => {
        asked.push(`create ${title} for ${corsOrigin}`);
        return create;
      },
      getUpload: async (id) => {
        asked.push(`get ${id}`);
        return later.shift() ?? upload({ status: "asset_created", assetId: "a1" });
      },
      cancelUpload: async (id) => {
        asked.push(`cancel ${id}`);
        return upload({ status: "cancelled" });
      },
    },
    startTransfer: (file, _url, events) => {
      const transfer = { file, events, aborted: false };
      transfers.push(transfer);
      return {
        abort: () => {
          transfer.aborted = true;
        },
      };
    },
  });
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { uploads, asked, transfers, advance };
}

const file = (name: string, bytes = 1_000) => new File([new Uint8Array(bytes)], name);
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const kinds = (uploads: readonly Upload[]) => uploads.map(({ state }) => state.kind);

describe("createUploads", () => {
  it("leads a file from its first byte to its asset", async () => {
    const { uploads, asked, transfers, advance } = world(upload({}), [upload({}), { kind: "unavailable" }]);
    uploads.add([file("Film.mp4", 10_000)]);
    await settle();
    advance(2_000);
    transfers[0]?.events.onProgress(4_000);
    expect(uploads.get()[0]?.state).toEqual({
      kind: "sending",
      sentBytes: 4_000,
      bytesPerSecond: 2_000,
      remainingMs: 3_000,
      paused: false,
    });
    expect(sentRatio(uploads.get())).toBe(0.4);
    transfers[0]?.events.onSuccess();
    expect(kinds(uploads.get())).toEqual(["arrived"]);
    await settle();
    expect(uploads.get()[0]?.state).toEqual({ kind: "created", assetId: "a1", atMs: 2_000 });
    expect(sentRatio(uploads.get())).toBeNull();
    expect(asked).toEqual(["create Film for http://localhost:3000", "get u1", "get u1", "get u1"]);
  });

  it("sends two files at a time, the rest in turn", async () => {
    const { uploads, transfers } = world();
    uploads.add([file("a.mp4"), file("b.mp4"), file("c.mp4")]);
    await settle();
    expect(kinds(uploads.get())).toEqual(["sending", "sending", "waiting"]);
    transfers[0]?.events.onSuccess();
    await settle();
    expect(kinds(uploads.get())).toEqual(["created", "sending", "sending"]);
    expect(transfers.map((one) => one.file.name)).toEqual(["a.mp4", "b.mp4", "c.mp4"]);
  });

  it("says why the server refuses, and sends again when told", async () => {
    const refusal: ApiAnswer<DirectUpload> = { kind: "refused", messages: ["no more than 10 videos"] };
    const { uploads, asked } = world(refusal);
    uploads.add([file("a.mp4")]);
    await settle();
    expect(uploads.get()[0]?.state).toEqual({ kind: "failed", messages: ["no more than 10 videos"] });
    uploads.retry(uploads.get()[0]?.key ?? 0);
    await settle();
    expect(asked).toHaveLength(2);
  });

  it("ends with the server's word when the upload failed there", async () => {
    const { uploads, transfers } = world(upload({}), [upload({ status: "timed_out" })]);
    uploads.add([file("a.mp4")]);
    await settle();
    transfers[0]?.events.onSuccess();
    await settle();
    expect(kinds(uploads.get())).toEqual(["failed"]);
  });

  it("goes on asking when the session ends after the last byte", async () => {
    const { uploads, transfers } = world(upload({}), [{ kind: "signed_out" }, { kind: "signed_out" }]);
    uploads.add([file("a.mp4")]);
    await settle();
    transfers[0]?.events.onSuccess();
    await settle();
    expect(kinds(uploads.get())).toEqual(["created"]);
  });

  it("cancels here and on the server, and gives its place to the next", async () => {
    const { uploads, asked, transfers } = world();
    uploads.add([file("a.mp4"), file("b.mp4"), file("c.mp4")]);
    await settle();
    uploads.cancel(uploads.get()[0]?.key ?? 0);
    await settle();
    expect(transfers[0]?.aborted).toBe(true);
    expect(asked).toContain("cancel u1");
    expect(kinds(uploads.get())).toEqual(["sending", "sending"]);
    transfers[0]?.events.onFailure("late"); // of a transfer that is no longer anybody's
    expect(kinds(uploads.get())).toEqual(["sending", "sending"]);
  });

  it("cancels on the server also what was cancelled before it was there", async () => {
    const { uploads, asked, transfers } = world();
    uploads.add([file("a.mp4")]);
    uploads.cancel(1);
    await settle();
    expect(asked).toEqual(["create a for http://localhost:3000", "cancel u1"]);
    expect(transfers).toEqual([]);
  });

  it("refuses an empty file at once", () => {
    const { uploads, asked } = world();
    uploads.add([file("empty.mp4", 0)]);
    expect(kinds(uploads.get())).toEqual(["failed"]);
    expect(asked).toEqual([]);
  });

  it("keeps what was sent while the network is away", async () => {
    const { uploads, transfers, advance } = world();
    uploads.add([file("a.mp4")]);
    await settle();
    advance(1_000);
    transfers[0]?.events.onProgress(500);
    transfers[0]?.events.onPause();
    expect(uploads.get()[0]?.state).toMatchObject({ sentBytes: 500, bytesPerSecond: null, paused: true });
  });
});

describe("titleOf", () => {
  it.each([
    ["Grand Final.mp4", "Grand Final"],
    ["archive.tar.gz", "archive.tar"],
    [".hidden", ".hidden"],
    ["Chapter 1. The start", "Chapter 1. The start"],
    ["no extension", "no extension"],
  ])("%s is called %s", (name, title) => expect(titleOf(name)).toBe(title));
});
