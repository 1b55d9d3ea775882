import { describe, expect, it } from "vitest";
import { originAt } from "./origin-at.ts";

describe("originAt", () => {
  it.each([
    [["127.0.0.1", "::1"], "http://127.0.0.1:3004"],
    [["0.0.0.0"], "http://127.0.0.1:3004"],
    [["::"], "http://[::1]:3004"],
    [["10.1.2.3"], "http://10.1.2.3:3004"],
    [["fd00::1"], "http://[fd00::1]:3004"],
  ])("reaches a program that listens at %j by %s", (hosts, origin) => {
    expect(originAt(hosts, 3004)).toBe(origin);
  });
});
