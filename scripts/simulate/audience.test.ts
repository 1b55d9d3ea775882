import { describe, expect, it } from "vitest";
import { addressIn, COUNTRIES } from "../../domain/simulation/countries.ts";
import { DEVICES } from "../../domain/simulation/devices.ts";
import { createRandom } from "../../domain/simulation/random.ts";
import { openCountryLookup } from "../../platform/geo/country.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";

// What the simulation calls a viewer must be what the product makes of them, or no breakdown can be compared.

describe("simulated viewers", () => {
  it("come from addresses of their country, every /24 of them", async () => {
    const lookup = await openCountryLookup();
    for (const { code, prefixes } of COUNTRIES) {
      const networks = prefixes.flatMap((prefix) => Array.from({ length: 256 }, (_, third) => `${prefix}.${third}.0`));
      expect(networks.filter((network) => lookup(network) !== code)).toEqual([]);
    }
    const random = createRandom(1);
    for (const country of COUNTRIES) expect(lookup(addressIn(country, random))).toBe(country.code);
  });

  it.each(DEVICES)("$browser on $os is read as such", ({ userAgent, category, browser, os }) => {
    expect(createDeviceParser()(userAgent)).toMatchObject({ category, browser, os, bot: false });
  });
});
