const MAX_NAME_LENGTH = 200;

/** Media type of a file by the name in its URL. */
export function fileType(name: string): "audio/mp4" | "video/mp4" {
  return name.endsWith(".m4a") ? "audio/mp4" : "video/mp4";
}

/** `Content-Disposition` for the `download` that is asked for: RFC 6266 with the encoding of RFC 8187. Null: to be shown. */
export function fileDisposition(query: URLSearchParams): string | null {
  const name = query.get("download");
  if (name === null || name === "") return null;
  const shown = name
    .slice(0, MAX_NAME_LENGTH)
    .toWellFormed()
    .replace(/[/\\\p{Cc}]/gu, "_");
  const encoded = encodeURIComponent(shown).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}
