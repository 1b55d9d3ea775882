const NUMBER_BYTES = 8;
/** Of a text or a list: what it takes beside its content. */
const HEAD_BYTES = 16;

/** About how much memory a row's values take, and about how long it is when it is sent. */
export function rowBytes(value: unknown): number {
  if (typeof value === "string") return HEAD_BYTES + value.length;
  if (typeof value !== "object" || value === null) return NUMBER_BYTES;
  let bytes = HEAD_BYTES;
  if (Array.isArray(value)) for (const part of value) bytes += rowBytes(part);
  else for (const [name, part] of Object.entries(value)) bytes += rowBytes(name) + rowBytes(part);
  return bytes;
}
