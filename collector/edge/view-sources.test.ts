import { afterEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { decodeViewSource, encodeViewSource } from "../../domain/messages/view-source.ts";
import {
  type EventLog,
  type Followed,
  LogUnavailableError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { openViewSources, type ViewSources } from "./view-sources.ts";

const ONE = 1 as EnvironmentId;
const TWO = 2 as EnvironmentId;
const OF_EARLIER_RELEASE = '{"v":1,"viewId":"old","playbackId":"q"}';
const source = { viewId: "v", playbackId: "p", environmentId: ONE };

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
    sources = await open([encodeViewSource(source), OF_EARLIER_RELEASE, "{", "[]", '{"v":2}']);
    expect(["v", "old", "w"].map(sources.find)).toEqual(["p", "q", null]);
  });

  it("cannot be told before they were read", async () => {
    sources = await open([encodeViewSource(source)], 3);
    expect(sources.find("v")).toBeUndefined();
    sources.remember({ ...source, viewId: "w", playbackId: "q" });
    expect(sources.find("w")).toBe("q");
    await expect.poll(() => sources.find("v")).toBe("p");
  });

  it("that another edge hears of are known here as well", async () => {
    const { eventlog, write } = logOf([], 0);
    sources = await openViewSources(eventlog, createLogger("test", "silent"), 1);
    expect(sources.find("v")).toBeNull();
    write(encodeViewSource(source));
    await expect.poll(() => sources.find("v")).toBe("p");
  });

  it("do not change: the first word of a view holds", async () => {
    sources = await open([]);
    sources.remember({ ...source, playbackId: "first" });
    sources.remember({ ...source, playbackId: "second" });
    expect(sources.find("v")).toBe("first");
  });

  it("of one environment are not forgotten for another's, however many it has", async () => {
    sources = await open([encodeViewSource(source)]);
    for (let index = 0; index < 100_010; index += 1) {
      sources.remember({ viewId: `flood${index}`, playbackId: "public", environmentId: TWO });
    }
    expect(["v", "flood0", "flood100009"].map(sources.find)).toEqual(["p", null, "public"]);
  });
});

describe("a record of view_sources", () => {
  it("comes back as it was written", () => {
    const odd = { ...source, viewId: 'v"1' };
    expect(decodeViewSource(encodeViewSource(odd))).toEqual(odd);
  });
});
