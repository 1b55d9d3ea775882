import { describe, expect, it } from "vitest";
import { signatureHeader } from "./signature.ts";

describe("signatureHeader", () => {
  it("signs whole seconds and the body", () => {
    const signed: string[] = [];
    const header = signatureHeader('{"a":1}', 1_795_500_000_999, (text) => {
      signed.push(text);
      return "00ff";
    });
    expect(signed).toEqual(['1795500000.{"a":1}']);
    expect(header).toBe("t=1795500000,v1=00ff");
  });
});
