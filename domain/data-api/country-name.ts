const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

/** English name of an ISO 3166-1 alpha-2 code; null where there is none. */
export function countryName(code: string): string | null {
  return /^[A-Z]{2}$/.test(code) ? (NAMES.of(code) ?? null) : null;
}
