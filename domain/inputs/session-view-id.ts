/** Where a report comes from, which is also the first part of its views' ids. */
export type InputFormat = "cmcd" | "epas";

/** Players' SDKs make UUIDs, which hold no colon: ids of the two kinds never meet. */
export function sessionViewId(format: InputFormat, sessionId: string): string {
  return `${format}:${sessionId}`;
}
