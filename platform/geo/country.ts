import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type CountryResponse, Reader } from "mmdb-lib";

/** Database of address ranges by registry (CC0), 15 MB, both families. */
const DATABASE = "@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb";

/** ISO 3166-1 alpha-2, or "" for private, unknown and malformed addresses. About 7 µs. */
export type CountryLookup = (address: string) => string;

/** Loads the database into memory, once per program. */
export async function openCountryLookup(): Promise<CountryLookup> {
  const path = createRequire(import.meta.url).resolve(DATABASE);
  const reader = new Reader<CountryResponse & { country_code?: string }>(await readFile(path));
  return (address) => {
    try {
      return reader.get(address)?.country_code ?? "";
    } catch {
      return ""; // the reader throws on what is no address: a spoofed header, a Unix socket
    }
  };
}
