import { parseAddress } from "../../domain/network/address.ts";
import { continentOf } from "../../domain/network/continent.ts";
import { reservedKind } from "../../domain/network/reserved-address.ts";
import type { Place } from "../../domain/view/view-state.ts";
import { type City, type CityLookup, openCityLookup } from "./city.ts";
import { type CountryLookup, openCountryLookup } from "./country.ts";
import { type NetworkOwnerLookup, openNetworkOwners } from "./network-owners.ts";

/** How much is worked out of an address: all, its country alone, or nothing. */
export const GEO_LEVELS = ["city", "country", "off"] as const;
export type GeoLevel = (typeof GEO_LEVELS)[number];

/** What an address tells of its user. */
export interface Located {
  /** ISO 3166-1 alpha-2, or "" when the address tells none. */
  country: string;
  /** Absent where nothing but the country is known. */
  place?: Place;
}

/** Where addresses are, from databases in memory. */
export interface Places {
  locate(address: string): Located;
  /** False while larger databases are still being read: a later answer may say more, and nobody should remember this one. */
  isSettled(): boolean;
  /** Reads the larger databases; until then only the country is known. Resolves when `locate` knows all it ever will. */
  load(): Promise<void>;
}

/** What the databases of level `city` are; others only in tests. */
export interface PlaceDatabases {
  country: CountryLookup;
  openCity(): Promise<CityLookup>;
  openOwners(): Promise<NetworkOwnerLookup>;
}

/**
 * Opens what `level` asks for. The country's database (16 MB, 10 ms) is there at once; cities and owners of networks (160 MB,
 * about a second) come with `load`, so that a program is ready before.
 */
export async function openPlaces(level: GeoLevel): Promise<Places> {
  if (level === "off") return fixed(() => "");
  const country = publicOnly(await openCountryLookup());
  if (level === "country") return fixed(country);
  return createPlaces({ country, openCity: openCityLookup, openOwners: openNetworkOwners });
}

export function createPlaces({ country, openCity, openOwners }: PlaceDatabases): Places {
  let databases: { city: CityLookup; owner: NetworkOwnerLookup } | null = null;
  let isSettled = false;
  return {
    locate: (address) => {
      const known = country(address);
      if (databases === null || !isPublic(address)) return { country: known };
      return locate(known, databases.city(address), databases.owner(address));
    },
    isSettled: () => isSettled,
    load: async () => {
      try {
        databases = { city: await openCity(), owner: await openOwners() };
      } finally {
        isSettled = true;
      }
    },
  };
}

/**
 * The registries' country counts, as ever; the city's database only where they know none. A city of another country than
 * the view's would contradict it in the same row, so region, city and degrees are told only where both agree.
 */
function locate(registered: string, city: City | null, owner: ReturnType<NetworkOwnerLookup>): Located {
  const country = registered === "" ? (city?.country ?? "") : registered;
  const told = city !== null && city.country === country ? city : null;
  if (told === null && owner === null) return { country };
  return {
    country,
    place: {
      continent: continentOf(country),
      region: told?.region ?? "",
      city: told?.city ?? "",
      latitude: told?.latitude ?? null,
      longitude: told?.longitude ?? null,
      asn: owner?.asn ?? 0,
      asnName: owner?.name ?? "",
    },
  };
}

/** The databases have stray entries for private ranges, and their reader takes `1.2.3` for an address. */
function isPublic(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && reservedKind(address) === null;
}

function publicOnly(country: CountryLookup): CountryLookup {
  return (address) => (isPublic(address) ? country(address) : "");
}

function fixed(countryOf: CountryLookup): Places {
  return { locate: (address) => ({ country: countryOf(address) }), isSettled: () => true, load: async () => undefined };
}
