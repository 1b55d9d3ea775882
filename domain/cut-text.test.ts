import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { cutText, ownText } from "./cut-text.ts";
import { foldEvent } from "./view/fold.ts";
import { createView, type ViewState } from "./view/view-state.ts";
import { decodeEvent } from "./wire/decode-events.ts";
import { peekPlaybackIds } from "./wire/peek-playback-ids.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const MIB = 2 ** 20;
const COUNT = 30;
const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
let serial = 0;

/** A text of 1 MiB that nobody else has, as parsing a request makes it. */
function longText(start = ""): string {
  serial += 1;
  return JSON.parse(`"${start}${String(serial).padEnd(MIB, "x")}"`) as string;
}

/** MiB of memory that what `make` gives holds, for {@link COUNT} long texts. */
function heldBy(make: () => unknown): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: COUNT }, make);
  collectGarbage();
  const held = (process.memoryUsage().heapUsed - before) / MIB;
  expect(kept).toHaveLength(COUNT);
  return held;
}

/** Folds an event with the given fields into a view of its own. */
function folded(fields: Record<string, unknown>): ViewState {
  const view = createView("v", 0);
  const decoded = decodeEvent({ e: "hb", xid: "v", xsqno: 1, ...fields });
  if (decoded.kind === "rejected") throw new Error(decoded.reason);
  foldEvent(view, decoded.event, { atMs: 0, transmittedAtMs: 0, context });
  return view;
}

describe("cutText", () => {
  it("gives the beginning, well-formed also where it is cut through a character", () => {
    expect([cutText("abc", 3), cutText("abcd", 3), cutText("", 3)]).toEqual(["abc", "abc", ""]);
    expect([cutText("ab😀", 3), cutText("a\ud800", 5)]).toEqual(["ab\ufffd", "a\ufffd"]);
    expect(ownText("é 😀")).toBe("é 😀");
  });

  it("lets go of the text that it was cut from, where a slice would not", () => {
    expect(heldBy(() => longText().slice(0, 100))).toBeGreaterThan(COUNT - 5);
    expect(heldBy(() => cutText(longText(), 100))).toBeLessThan(5);
    expect(heldBy(() => ownText(longText().slice(100, 200)))).toBeLessThan(5);
  });
});

describe("what is remembered of a request", () => {
  const id = "p".repeat(44);

  it.each<[what: string, make: () => unknown]>([
    ["a field of any name", () => folded({ vtt: longText() })],
    ["a CDN that was changed to", () => folded({ e: "cdnchange", vdn: longText() })],
    ["an error", () => folded({ e: "error", percd: longText(), perme: longText(), percz: longText() })],
    ["a mark", () => folded({ vsocc: longText(), pypmo: longText() })],
    ["a CDN of a segment", () => folded({ e: "requestcompleted", qty: "media", qrphe: { "x-cdn": longText() } })],
    ["a playback id", () => peekPlaybackIds({ e: "hb", vsour: longText(`https://stream.example.com/${id}.m3u8?`) })],
  ])("holds a bounded length of %s", (_, make) => {
    expect(heldBy(make)).toBeLessThan(5);
  });
});
