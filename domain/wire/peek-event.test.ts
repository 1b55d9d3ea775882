import { expect, it } from "vitest";
import { decodeEvent } from "./decode-events.ts";
import { peekClaimedView, peekErrorCode } from "./peek-event.ts";

it.each([
  [{ xid: "view" }, "view"],
  [{ view_id: "view", xsqno: "not taken" }, "view"],
  [{ xid: "" }, null],
  [{ xid: 5 }, null],
  [{ xid: "\ud800" }, null],
  [{}, null],
  ["view", null],
])("%j names the view %j", (raw, viewId) => {
  expect(peekClaimedView(raw)).toBe(viewId);
});

it.each([
  [{ percd: 4 }, "4"],
  [{ percd: "geo/block" }, "geo/block"],
  [{ percd: "007" }, "007"],
  [{ percd: true }, "true"],
  [{ player_error_code: 2001 }, "2001"],
  [{ player_error_code: "other", percd: "usual" }, "usual"],
  [{ percd: null }, ""],
  [{ percd: { code: 4 } }, ""],
  [{ percd: { code: 4 }, player_error_code: "other" }, "other"],
  [{ percd: [4], player_error_code: { code: 4 } }, ""],
  [{ perme: "no code" }, ""],
])("%j tells the error code %j, as the decoded event does", (told, code) => {
  expect(peekErrorCode(told)).toBe(code);
  const decoded = decodeEvent({ e: "error", xid: "v", xsqno: 1, ...told });
  expect(decoded.kind === "accepted" && String(decoded.event.fields["player_error_code"] ?? "")).toBe(code);
});
