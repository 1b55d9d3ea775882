import { describe, expect, it } from "vitest";
import { isMediaId, newMediaId } from "./media-id.ts";

describe("newMediaId", () => {
  it("has 44 alphanumerics, each chosen by the given function", () => {
    let asked = 0;
    const id = newMediaId((limit) => {
      expect(limit).toBe(62);
      asked += 1;
      return asked % limit;
    });
    expect(id).toBe("BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs");
    expect(isMediaId(id)).toBe(true);
  });
});

describe("isMediaId", () => {
  it.each(["", "short", "a".repeat(51), `${"a".repeat(43)}-`, `${"a".repeat(43)}\0`, `${"a".repeat(44)}\n`])(
    "refuses %j",
    (text) => expect(isMediaId(text)).toBe(false),
  );
});
