import { beforeAll, describe, expect, it } from "vitest";
import type { City } from "./city.ts";
import { createPlaces, type Located, openPlaces, type Places } from "./places.ts";

let places: Places;

beforeAll(async () => {
  places = await openPlaces("city");
  await places.load();
}, 30_000);

/** What the pinned databases say; degrees are cut, not rounded. */
const KNOWN: [address: string, located: Located][] = [
  [
    "81.2.69.142",
    {
      country: "GB",
      place: {
        ...{ continent: "EU", region: "England", city: "London", latitude: 51.5, longitude: 0 },
        ...{ asn: 20712, asnName: "Andrews & Arnold Ltd" },
      },
    },
  ],
  [
    "200.147.3.157",
    {
      country: "BR",
      place: {
        ...{ continent: "SA", region: "Rio de Janeiro", city: "Rio de Janeiro", latitude: -22.9, longitude: -43.1 },
        ...{ asn: 7162, asnName: "Universo Online S.A." },
      },
    },
  ],
  [
    "2003:e2::1",
    {
      country: "DE",
      place: {
        ...{ continent: "EU", region: "Thuringia", city: "Jena", latitude: 50.9, longitude: 11.6 },
        ...{ asn: 3320, asnName: "Deutsche Telekom AG" },
      },
    },
  ],
];

describe("a viewer's place", () => {
  it.each(KNOWN)("of %s", (address, located) => expect(places.locate(address)).toEqual(located));

  it("has no city where the two databases disagree about the country", () => {
    // Frankfurt in one, registered in Ireland in the other.
    expect(places.locate("2a00:1450:4001:82a::200e")).toMatchObject({
      country: "IE",
      place: { continent: "EU", city: "", region: "", latitude: null, asn: 15169 },
    });
  });

  it.each([
    "10.0.0.1",
    "127.0.0.1",
    "192.168.1.1",
    "::1",
    "fd00::1",
    "fe80::1",
    "",
    "unknown",
    "1.2.3",
    "1::2::3",
    "@",
  ])("is not told of %j", (address) => expect(places.locate(address)).toEqual({ country: "" }));

  it("is the country alone until the larger databases are read, and when they cannot be", async () => {
    const berlin: City = { country: "DE", region: "Berlin", city: "Berlin", latitude: 52.5, longitude: 13.4 };
    const broken = createPlaces({
      country: () => "DE",
      openCity: async () => () => berlin,
      openOwners: () => Promise.reject(new Error("no such file")),
    });
    expect([broken.locate("1.2.3.4"), broken.isSettled()]).toEqual([{ country: "DE" }, false]);
    await expect(broken.load()).rejects.toThrow("no such file");
    expect([broken.locate("1.2.3.4"), broken.isSettled()]).toEqual([{ country: "DE" }, true]);
  });

  it("has the city's country where the registries know none", async () => {
    const there = createPlaces({
      country: () => "",
      openCity: async () => () => ({ country: "AQ", region: "", city: "", latitude: -90, longitude: 0 }),
      openOwners: async () => () => null,
    });
    await there.load();
    expect(there.locate("1.2.3.4")).toMatchObject({ country: "AQ", place: { continent: "AN", latitude: -90, asn: 0 } });
  });

  it.each([
    ["country", "GB"],
    ["off", ""],
  ] as const)("is not looked up at level %s", async (level, country) => {
    const less = await openPlaces(level);
    await less.load();
    expect([less.locate("81.2.69.142"), less.isSettled()]).toEqual([{ country }, true]);
  });
});
