const PLURAL = /ies$|(?<!s)s$/;

/**
 * The name of an operation in clients that are made from the document: what is done, the product, what it is done to.
 * `GET /video/v1/assets/{asset_id}/playback-ids` is `listVideoAssetPlaybackIds`.
 *
 * @param isList whether the answer's `data` is a list
 */
export function operationId(method: string, path: string, isList: boolean): string {
  const parts = path.split("/").filter((part) => part !== "" && !/^v\d+$/.test(part));
  const words = parts.flatMap((part, at) => {
    if (part.startsWith("{")) return [];
    return parts[at + 1]?.startsWith("{") === true ? [singular(part)] : [part];
  });
  const last = parts.at(-1) ?? "";
  const ofOne =
    last.startsWith("{") || method === "post"
      ? words.map((word, at) => (at === words.length - 1 ? singular(word) : word))
      : words;
  return [verb(method, last, isList), ...ofOne.map(capitalised)].join("");
}

function verb(method: string, last: string, isList: boolean): string {
  if (method === "get") return isList ? "list" : "get";
  if (method === "post") return PLURAL.test(last) ? "create" : "run";
  return { put: "put", patch: "update", delete: "delete" }[method] ?? method;
}

function singular(word: string): string {
  return word.replace(/ies$/, "y").replace(/(?<!s)s$/, "");
}

function capitalised(word: string): string {
  return word.replace(/(^|[-_.])([a-z])/g, (_, _between, letter: string) => letter.toUpperCase());
}
