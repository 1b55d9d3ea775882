import { afterEach, describe, expect, it } from "vitest";
import { decodeViewSource, encodeViewSource } from "../../domain/messages/view-source.ts";
import {
  type EventLog,
  type Followed,
  LogUnavailableError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { openViewSources, type ViewSources } from "./view-sources.ts";

let sources: ViewSources;
afterEach(async () => {
  await sources.close();
});

const stored = (text: string): StoredRecord => ({
  ...{ partition: 0, key: "", timestampMs: 0, offset: 0, nextOffset: 0 },
  value: Buffer.from(text),
});

/** A topic that cannot be read at first; `write` appends as another edge would. */
function logOf(texts: readonly string[], failures: number) {
  let left = failures;
  const written: string[] = [];
  let news = Promise.withResolvers<void>();
  const unused = () => Promise.reject(new Error("not used here"));
  const eventlog: EventLog = {
    openWriter: unused,
    subscribe: unused,
    readAll: () => {
      throw new Error("not used here");
    },
    hasBeginning: unused,
    follow: async function* (_topic, _partition, signal): AsyncIterable<Followed> {
      left -= 1;
      if (left >= 0) throw new LogUnavailableError("disk full");
      yield { records: texts.map(stored), isCaughtUp: true };
      signal.addEventListener("abort", () => news.resolve());
      while (!signal.aborted) {
        await news.promise;
        news = Promise.withResolvers();
        yield { records: written.splice(0).map(stored), isCaughtUp: true };
      }
    },
    close: async () => undefined,
  };
  const write = (text: string): void => {
    written.push(text);
    news.resolve();
  };
  return { eventlog, write };
}

const open = (texts: readonly string[], failures = 0) =>
  openViewSources(logOf(texts, failures).eventlog, createLogger("test", "silent"), 1);

describe("view sources", () => {
  it("of before the start are known, and what is no record of ours is skipped", async () => {
    sources = await open([encodeViewSource({ viewId: "v", playbackId: "p" }), "{", "[]", '{"v":2}']);
    expect([sources.find("v"), sources.find("w")]).toEqual(["p", null]);
  });

  it("cannot be told before they were read", async () => {
    sources = await open([encodeViewSource({ viewId: "v", playbackId: "p" })], 3);
    expect(sources.find("v")).toBeUndefined();
    sources.remember({ viewId: "w", playbackId: "q" });
    expect(sources.find("w")).toBe("q");
    await expect.poll(() => sources.find("v")).toBe("p");
  });

  it("that another edge hears of are known here as well", async () => {
    const { eventlog, write } = logOf([], 0);
    sources = await openViewSources(eventlog, createLogger("test", "silent"), 1);
    expect(sources.find("v")).toBeNull();
    write(encodeViewSource({ viewId: "v", playbackId: "p" }));
    await expect.poll(() => sources.find("v")).toBe("p");
  });

  it("do not change: the first word of a view holds", async () => {
    sources = await open([]);
    sources.remember({ viewId: "v", playbackId: "first" });
    sources.remember({ viewId: "v", playbackId: "second" });
    expect(sources.find("v")).toBe("first");
  });
});

describe("a record of view_sources", () => {
  it("comes back as it was written", () => {
    const source = { viewId: 'v"1', playbackId: "p" };
    expect(decodeViewSource(encodeViewSource(source))).toEqual(source);
  });
});
