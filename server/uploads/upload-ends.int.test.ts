import { connect } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { listJobs } from "../../platform/jobs/testing.ts";
import type { ObjectDraft } from "../../platform/objects/objects.ts";
import { startS3World } from "../../platform/objects/testing/s3-world.ts";
import type { TestServer } from "../testing/test-server.ts";
import { FILE, range, uploadClients } from "../testing/uploads.ts";
import { eventsOf } from "../testing/video.ts";
import { draftOf, sourceOf } from "../video/uploads.ts";

const uploads = uploadClients();
const { ask, create, rowOf, send, piece, status, expectWhole, drafts, settle } = uploads;
let server: TestServer;
beforeEach(() => {
  server = uploads.server();
});

describe("the end of an upload", () => {
  it("comes by cancelling, once, with its bytes; not after the asset was made", async () => {
    const upload = await create();
    await piece(upload.url, 0, 10);
    const path = `/video/v1/uploads/${upload.id}/cancel`;
    expect((await ask("PUT", path)).json().data.status).toBe("cancelled");
    expect((await ask("PUT", path)).json().data.status).toBe("cancelled");
    expect(await drafts()).toEqual([]);
    expect((await eventsOf(server)).map(({ type }) => type)).toEqual([
      "video.upload.created",
      "video.upload.cancelled",
    ]);
    expect((await piece(upload.url, 10, 20)).status).toBe(410);
    const done = await create();
    await send(done.url, FILE);
    expect((await ask("PUT", `/video/v1/uploads/${done.id}/cancel`)).statusCode).toBe(403);
  });

  it("comes when its time is over: told, its bytes removed, no more taken", async () => {
    const upload = await create({ timeout: 300 });
    const { environment_id: environment } = await rowOf(upload);
    expect((await listJobs(server.db)).map(({ key }) => key)).toEqual([`upload:${upload.id}`]);
    await piece(upload.url, 0, 10);
    await settle(upload, environment);
    expect((await rowOf(upload)).status).toBe("waiting");
    server.advance(301_000);
    expect((await piece(upload.url, 10, 20)).status).toBe(410);
    await settle(upload, environment);
    const after = (await ask("GET", `/video/v1/uploads/${upload.id}`)).json().data;
    expect(after).toMatchObject({ status: "timed_out", error: { type: "timed_out" } });
    expect(await drafts()).toEqual([]);
    const events = await eventsOf(server);
    expect(events.at(-1)).toMatchObject({ type: "video.upload.errored", data: after });
    await settle(upload, environment);
    expect(await eventsOf(server)).toHaveLength(2);
    expect((await status(upload.url)).status).toBe(410);
  });

  it("is put off while bytes arrive", async () => {
    const upload = await create({ timeout: 60 });
    server.advance(59_000);
    await piece(upload.url, 0, 10);
    server.advance(60_000);
    expect((await piece(upload.url, 10, 20)).status).toBe(308);
  });

  it.each(["the last piece sent again", "a question", "the settling job"])(
    "is made up for by %s when a process died between object and asset",
    async (how) => {
      const upload = await create();
      const row = await rowOf(upload);
      await piece(upload.url, 0, 1_000_000);
      const draft = draftOf(server.services.objects, row);
      await draft.write(1_000_000, Readable.from([FILE.subarray(1_000_000)]));
      await draft.finish({ sizeBytes: FILE.length });
      expect((await rowOf(upload)).status).toBe("waiting");
      if (how === "a question") expect((await status(upload.url)).status).toBe(200);
      else if (how === "the settling job") await settle(upload, row.environment_id);
      else expect((await piece(upload.url, 1_000_000, 1_500_000)).status).toBe(200);
      await expectWhole(upload);
    },
  );

  it("is made up for by the settling job when a process died before the object", async () => {
    const upload = await create();
    const row = await rowOf(upload);
    await piece(upload.url, 0, 1_000_000);
    await draftOf(server.services.objects, row).write(1_000_000, Readable.from([FILE.subarray(1_000_000)]));
    await settle(upload, row.environment_id);
    await expectWhole(upload);
  });
});

describe("an upload that ends while bytes arrive", () => {
  it("takes none when its time was over after it had been looked up: nothing would ever remove them", async () => {
    const upload = await create({ timeout: 60 });
    const { environment_id: environment } = await rowOf(upload);
    vi.spyOn(server.services.objects, "head").mockImplementationOnce(async () => {
      server.advance(61_000);
      await settle(upload, environment);
      server.advance(-61_000); // another server's clock
      return null;
    });
    expect((await piece(upload.url, 0, 10)).status).toBe(503);
    expect(await drafts()).toEqual([]);
    expect((await piece(upload.url, 0, 10)).status).toBe(410);
  });

  it("takes none when it was cancelled after it had been looked up, long before its time was over", async () => {
    const upload = await create();
    vi.spyOn(server.services.objects, "head").mockImplementationOnce(async () => {
      await ask("PUT", `/video/v1/uploads/${upload.id}/cancel`);
      return null;
    });
    expect((await piece(upload.url, 0, 10)).status).toBe(503);
    expect(await drafts()).toEqual([]);
  });

  it("leaves no object when a process died between cancelling and removing it", async () => {
    const upload = await create();
    const row = await rowOf(upload);
    const draft = draftOf(server.services.objects, row);
    await draft.write(0, Readable.from([FILE]));
    await draft.finish({ sizeBytes: FILE.length });
    await server.db.updateTable("uploads").set({ status: "cancelled" }).where("id", "=", upload.id).execute();
    await settle(upload, row.environment_id);
    expect(await server.services.objects.head(sourceOf(row).key)).toBeNull();
  });
});

describe("a last piece that another request overtakes", () => {
  const tus = {
    "tus-resumable": "1.0.0",
    "content-type": "application/offset+octet-stream",
    "upload-offset": "1000000",
  };

  it.each([
    ["PUT", "a folder", { "content-range": range(1_000_000, 1_500_000) }, 200],
    ["PUT", "a bucket", { "content-range": range(1_000_000, 1_500_000) }, 200],
    ["PATCH", "a folder", tus, 503], // clients of tus ask then, and are told that all is there
    ["PATCH", "a bucket", tus, 503],
  ])("by %s is not told that it was cancelled, with objects in %s", async (method, place, headers, answer) => {
    const world = await startS3World({ minPartBytes: 65_536, partBytes: 65_536 });
    if (place === "a bucket") server.services.objects = world.open();
    const upload = await create();
    await piece(upload.url, 0, 1_000_000);
    const body = new PassThrough();
    body.write(FILE.subarray(1_000_000, 1_200_000));
    const slow = send(upload.url, Readable.toWeb(body) as ReadableStream, headers, method);
    await sleep(300);
    expect((await piece(upload.url, 1_000_000, 1_500_000)).status).toBe(200);
    body.end(FILE.subarray(1_200_000));
    expect((await slow).status).toBe(answer);
    const asked = await send(upload.url, null, { "tus-resumable": "1.0.0" }, "HEAD");
    expect(asked.headers.get("upload-offset")).toBe(String(FILE.length));
    await expectWhole(upload);
    await world.close();
  });
});

describe("a hostile sender", () => {
  it("holds some connections of its own upload, not those of others", async () => {
    const { url } = await create();
    const { port, pathname } = new URL(url);
    const sockets = Array.from({ length: 40 }, () => connect(Number(port), "127.0.0.1"));
    const statuses = new Set<string>();
    for (const socket of sockets) {
      socket.on("data", (answer) => statuses.add(answer.toString().slice(9, 12)));
      socket.write(`PUT ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx`);
    }
    await vi.waitFor(async () => expect((await piece(url, 0, 10, 1_000)).status).toBe(503), 5_000);
    const other = await create();
    expect((await send(other.url, FILE)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect([...statuses]).toEqual(["503"]);
    await vi.waitFor(async () => expect((await piece(url, 0, 10, 1_000)).status).toBe(308), 5_000);
  });

  it("cannot have more gaps remembered than anybody needs, and can still fill those there are", async () => {
    const upload = await create();
    const draft = draftOf(server.services.objects, await rowOf(upload));
    for (let start = 1; start < 2_001; start += 2)
      await draft.write(start, Readable.from([FILE.subarray(start, start + 1)]));
    expect((await piece(upload.url, 5_000, 5_001)).status).toBe(400);
    expect(await piece(upload.url, 0, 2_000)).toMatchObject({ status: 308, range: "bytes=0-1999" });
    expect((await piece(upload.url, 5_000, 5_001)).status).toBe(308);
  });
});

describe("an upload into a bucket", () => {
  it("is told to say its total with 413 when its bytes lie beyond what can be taken without one", async () => {
    const world = await startS3World({ minPartBytes: 4_096, partBytes: 4_096 });
    server.services.objects = world.open();
    const [start, end] = [40_960_000, 40_960_010];
    const bytes = FILE.subarray(0, 10);
    const upload = await create();
    const refused = await send(upload.url, bytes, { "content-range": range(start, end, "*") });
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.text).error.type).toBe("payload_too_large");
    expect(await send(upload.url, bytes, { "content-range": range(start, end, end) })).toMatchObject({ status: 308 });
    await world.close();
  });
});

describe("a server that stops", () => {
  it.each([
    ["PUT", { "content-range": range(0, FILE.length) }],
    ["PATCH", { "tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream", "upload-offset": "0" }],
  ])("keeps what came by %s and answers 503 with Retry-After, to new requests too", async (method, headers) => {
    const upload = await create();
    const length = { "tus-resumable": "1.0.0", "upload-length": String(FILE.length) };
    expect((await send(upload.url, null, length, "POST")).status).toBe(201);
    async function* slowly() {
      for (let at = 0; at < FILE.length; at += 50_000) {
        yield FILE.subarray(at, at + 50_000);
        await sleep(40);
      }
    }
    const draft = draftOf(server.services.objects, await rowOf(upload));
    const writing = vi.spyOn(draft, "write");
    const body = Readable.toWeb(Readable.from(slowly())) as ReadableStream;
    const sending = send(upload.url, body, headers, method);
    await vi.waitFor(() => expect(writing).toHaveBeenCalled(), 3_000); // a busy machine takes its time
    await sleep(300);
    await server.services.uploads.stop(2_000);
    const cut = await sending;
    expect(cut.status).toBe(503);
    expect(cut.headers.get("retry-after")).toBe("1");
    expect((await piece(upload.url, 0, 10)).status).toBe(503);
    const kept = await draft.received();
    expect(kept.contiguousBytes).toBeGreaterThan(100_000);
    expect(kept.contiguousBytes).toBeLessThan(FILE.length);
  });
});

describe("a full disk", () => {
  it("is 503 with Retry-After, the body read to its end, and what came is kept", async () => {
    const upload = await create();
    const { objects } = server.services;
    const openDraft = objects.openDraft.bind(objects);
    let isFull = true;
    vi.spyOn(objects, "openDraft").mockImplementation((key, id) => {
      const draft = openDraft(key, id);
      const write: ObjectDraft["write"] = async (at, body) => {
        if (!isFull) return draft.write(at, body);
        for await (const bytes of body) {
          await draft.write(at, Readable.from([bytes]));
          throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        }
      };
      return { ...bound(draft), write };
    });
    const refused = await piece(upload.url, 0, 1_500_000);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    isFull = false;
    expect((await status(upload.url)).range).toMatch(/^bytes=0-\d+$/);
    expect((await piece(upload.url, 0, 1_500_000)).status).toBe(200);
    await expectWhole(upload);
  });

  function bound(draft: ObjectDraft): ObjectDraft {
    return {
      write: (at, body) => draft.write(at, body),
      received: () => draft.received(),
      announce: (sizeBytes) => draft.announce(sizeBytes),
      finish: (whole) => draft.finish(whole),
      discard: () => draft.discard(),
    };
  }
});
