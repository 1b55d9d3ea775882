/** Ids as the SDK's own tests write them: they stand for one thing of each kind. */
const LITERAL_ID = /^(?:[A-Z]+_)+ID$|^abcd1234$/;

/**
 * A path with the ids of things that are there in the place of literal ones; what is no literal id stays.
 *
 * @param path such as /video/v1/assets/ASSET_ID
 * @param templates of routes, such as /video/v1/assets/{asset_id}
 * @param ids by the names that templates give them
 */
export function fillPath(path: string, templates: readonly string[], ids: Readonly<Record<string, string>>): string {
  const parts = path.split("/");
  if (parts[1] === "PLAYBACK_ID") return fillPlayback(parts, ids);
  const template = templates.map((one) => one.split("/")).find((of) => fits(parts, of));
  if (template === undefined) return path;
  return parts
    .map((part, at) => {
      const name = nameOf(template[at] ?? "");
      return name !== null && LITERAL_ID.test(part) ? (ids[name] ?? part) : part;
    })
    .join("/");
}

function fits(parts: readonly string[], template: readonly string[]): boolean {
  return (
    parts.length === template.length &&
    template.every((of, at) => of === parts[at] || (nameOf(of) !== null && parts[at] !== ""))
  );
}

function nameOf(part: string): string | null {
  return /^\{(\w+)\}$/.exec(part)?.[1] ?? null;
}

/** Playback URLs have ids in file names too. */
function fillPlayback(parts: readonly string[], ids: Readonly<Record<string, string>>): string {
  return parts
    .join("/")
    .replace("PLAYBACK_ID", ids["playback_id"] ?? "PLAYBACK_ID")
    .replace("TRACK_ID", ids["track_id"] ?? "TRACK_ID");
}
