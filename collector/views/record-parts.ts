import { MAX_RECORD_BYTES } from "../../platform/eventlog/eventlog.ts";

/** What a record of the log has room for beside its key. */
const MAX_PART_BYTES = MAX_RECORD_BYTES - 1_024;

/** A value as the values of one record or, where it is too long for that, of several. */
export function cutValue(value: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(value.length / MAX_PART_BYTES));
  return Array.from({ length: count }, (_, part) => value.subarray(part * MAX_PART_BYTES, (part + 1) * MAX_PART_BYTES));
}

/** Keys of the records that hold a value. */
export function partKeys(key: string, count: number): string[] {
  return Array.from({ length: count }, (_, part) => (part === 0 ? key : `${key}+${part}`));
}

/** The value again; undefined when a part is missing. */
export function joinParts(key: string, count: number, records: ReadonlyMap<string, Buffer>): Buffer | undefined {
  const parts = partKeys(key, count).map((partKey) => records.get(partKey));
  if (parts.some((part) => part === undefined)) return undefined;
  return count === 1 ? parts[0] : Buffer.concat(parts.filter((part) => part !== undefined));
}
