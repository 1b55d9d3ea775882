import { describe, expect, it } from "vitest";
import { byResponsibility } from "./rendezvous.ts";

const urls = ["http://10.0.0.1:3004", "http://10.0.0.2:3004", "http://10.0.0.3:3004"];
const assets = Array.from({ length: 3_000 }, (_, at) => `asset${at}`);

describe("byResponsibility", () => {
  it("asks all, in an order that does not depend on the list's", () => {
    for (const asset of assets.slice(0, 20)) {
      expect(byResponsibility([...urls].reverse(), asset)).toEqual(byResponsibility(urls, asset));
      expect([...byResponsibility(urls, asset)].sort()).toEqual(urls);
    }
  });

  it("shares assets out evenly", () => {
    for (const url of urls) {
      const share = assets.filter((asset) => byResponsibility(urls, asset)[0] === url).length / assets.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.04);
    }
  });

  it("moves only the assets of the one that goes, to all that stay", () => {
    const [gone, ...staying] = urls;
    const heirs = new Set<string | undefined>();
    for (const asset of assets) {
      const [before, second] = byResponsibility(urls, asset);
      const [after] = byResponsibility(staying, asset);
      expect(after).toBe(before === gone ? second : before);
      if (before === gone) heirs.add(after);
    }
    expect(heirs.size).toBe(2);
  });
});
