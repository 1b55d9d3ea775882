import { expect, it } from "vitest";
import { peekClaimedView } from "./peek-event.ts";

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
