import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { type NetworkOwnerLookup, openNetworkOwners } from "./network-owners.ts";

let ownerOf: NetworkOwnerLookup;

beforeAll(async () => {
  ownerOf = await openNetworkOwners();
}, 30_000);

/** The text form of the same database, addresses as people write them. */
function lines(name: string): string[] {
  const path = createRequire(import.meta.url).resolve(`@ip-location-db/asn/${name}`);
  return readFileSync(path, "utf8").trimEnd().split("\n");
}

describe("the owner of a network", () => {
  it.each(["asn-ipv4.csv", "asn-ipv6.csv"])(
    "is found at both ends of every range of %s",
    (name) => {
      const wrong = lines(name).filter((line) => {
        const [first = "", last = "", asn] = line.split(",", 3);
        return [first, last].some((address) => ownerOf(address)?.asn !== Number(asn));
      });
      // The one range that others lie in: where theirs ends, nobody is better than the wrong one.
      expect(wrong.filter((line) => !line.startsWith("214.95.0.0,215.0.255.255,"))).toEqual([]);
    },
    30_000,
  );

  it("is nobody's just outside a range that stands alone", () => {
    // 1.0.0.0–1.0.0.255 is followed by 1.0.4.0, 2001::/32 by 2001:4:112::
    for (const address of ["0.255.255.255", "1.0.1.0", "1.0.3.255", "255.255.255.255", "2001:1::", "1::", "ffff::"]) {
      expect([address, ownerOf(address)]).toEqual([address, null]);
    }
  });

  it("has the name without the quotes of its file", () => {
    expect(ownerOf("1.0.0.1")?.name).toBe("Cloudflare, Inc.");
    expect(ownerOf("2001:470:485::1")?.name).toBe('UAB "Atlantis Capital"');
  });
});
