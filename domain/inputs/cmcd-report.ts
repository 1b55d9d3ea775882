export type CmcdScalar = string | number | boolean;

/** One item of a list: `br=(5000;v 128;a)` holds two, of types `v` and `a`; "" where it names none. */
export interface CmcdItem {
  value: CmcdScalar;
  type: string;
}

/** Tokens are texts here. Version 1 has scalars where version 2 has lists. */
export type CmcdValue = CmcdScalar | readonly CmcdItem[];

/** One report as it was parsed, by its own keys: a line of event mode, or what a media request carried. */
export type CmcdReport = ReadonlyMap<string, CmcdValue>;

/** Object types that say what the picture is made of, the likeliest first. */
const PICTURE_TYPES: readonly string[] = ["v", "av", ""];

/** Undefined where it is absent, empty or no text. */
export function textOf(report: CmcdReport, key: string): string | undefined {
  const value = scalarOf(report, key);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Undefined where it is absent or no finite number. */
export function numberOf(report: CmcdReport, key: string): number | undefined {
  const value = scalarOf(report, key);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function flagOf(report: CmcdReport, key: string): boolean | undefined {
  const value = scalarOf(report, key);
  return typeof value === "boolean" ? value : undefined;
}

/** All numbers of a key, whatever they are of; those below zero are nobody's. */
export function numbersOf(report: CmcdReport, key: string): number[] {
  return itemsOf(report, key).flatMap(({ value }) => (isAmount(value) ? [value] : []));
}

/** The number that belongs to the picture, else to both; undefined where a key tells of other types alone. */
export function pictureNumber(report: CmcdReport, key: string): number | undefined {
  return numberOfType(report, key, PICTURE_TYPES);
}

export function numberOfType(report: CmcdReport, key: string, types: readonly string[]): number | undefined {
  const items = itemsOf(report, key);
  for (const type of types) {
    const found = items.find((item) => item.type === type)?.value;
    if (isAmount(found)) return found;
  }
  return undefined;
}

function itemsOf(report: CmcdReport, key: string): readonly CmcdItem[] {
  const value = report.get(key);
  if (value === undefined) return [];
  return typeof value === "object" ? value : [{ value, type: "" }];
}

function isAmount(value: CmcdScalar | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** A list of one is taken for its only item: players disagree about which keys are lists. */
function scalarOf(report: CmcdReport, key: string): CmcdScalar | undefined {
  const value = report.get(key);
  return typeof value === "object" ? value[0]?.value : value;
}
