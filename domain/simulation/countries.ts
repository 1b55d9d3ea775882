import type { Random } from "./random.ts";

export interface Country {
  /** ISO 3166-1 alpha-2. */
  code: string;
  weight: number;
  /** How much slower a start-up is than where the network is best. */
  startupFactor: number;
  /** First two numbers of public IPv4 addresses registered there (checked against the database by a test). */
  prefixes: readonly string[];
}

export const COUNTRIES: readonly Country[] = [
  { code: "US", weight: 30, startupFactor: 1, prefixes: ["23.9", "52.203", "76.88", "138.136", "168.173"] },
  { code: "DE", weight: 11, startupFactor: 1, prefixes: ["53.29", "77.6", "87.164", "149.244"] },
  { code: "GB", weight: 10, startupFactor: 1, prefixes: ["25.167", "51.219", "84.223", "109.146"] },
  { code: "FR", weight: 7, startupFactor: 1.05, prefixes: ["78.223", "86.78", "90.42", "159.217"] },
  { code: "BR", weight: 7, startupFactor: 1.4, prefixes: ["177.116", "179.145", "187.23", "200.100"] },
  { code: "IN", weight: 7, startupFactor: 1.6, prefixes: ["101.219", "117.99", "122.166", "171.52"] },
  { code: "JP", weight: 5, startupFactor: 1, prefixes: ["101.111", "124.245", "133.143", "218.125"] },
  { code: "CA", weight: 4, startupFactor: 1.05, prefixes: ["3.96", "99.248", "142.27", "170.175"] },
  { code: "ES", weight: 4, startupFactor: 1.1, prefixes: ["62.174", "81.40", "85.52", "155.210"] },
  { code: "NL", weight: 3, startupFactor: 0.95, prefixes: ["78.103", "89.220", "145.107"] },
  { code: "MX", weight: 3, startupFactor: 1.4, prefixes: ["177.229", "187.179", "189.198", "201.97"] },
  { code: "AU", weight: 3, startupFactor: 1.2, prefixes: ["1.40", "49.127", "101.173", "121.219"] },
  { code: "SE", weight: 2, startupFactor: 0.95, prefixes: ["74.241", "83.227", "95.197", "178.111"] },
  { code: "KR", weight: 2, startupFactor: 0.9, prefixes: ["1.11", "112.176", "121.180", "211.180"] },
  { code: "ZA", weight: 2, startupFactor: 1.7, prefixes: ["41.118", "105.13", "165.165"] },
];

/** An address of a household there: third number free, the last neither network nor broadcast. */
export function addressIn(country: Country, random: Random): string {
  return `${random.pick(country.prefixes)}.${random.integer(0, 256)}.${random.integer(1, 255)}`;
}
