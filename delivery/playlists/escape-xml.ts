const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** XML 1.0 has no way to write most of them (§2.2). */
const UNWRITABLE = /[\p{Cc}\uFFFE\uFFFF]/gu;

/** As text of an element or of an attribute in double quotes. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(UNWRITABLE, " ")
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
