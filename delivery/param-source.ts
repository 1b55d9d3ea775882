/**
 * Where the parameters of an answer come from: the query of a URL, or the claims of a signed playback id's token. By name;
 * null where it is not given.
 */
export type ParamSource = (name: string) => string | null;

/** The first, where a name is given several times. */
export function queryParams(query: URLSearchParams): ParamSource {
  return (name) => query.get(name);
}

/** Claims as an SDK or a person writes them: `"3"`, `3` and `true` say the same in both places. */
export function claimParams(claims: Readonly<Record<string, unknown>>): ParamSource {
  return (name) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : null;
    if (value === null || value === undefined) return null;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
}
