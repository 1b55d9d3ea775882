export type Service = "stream" | "image" | "beacon" | "api";

/**
 * The service behind a host name, by its first label as players build it: `stream.` and `image.` before the custom domain
 * (reference video-api.md, finding 3), `beacon.` for the collector. The API answers every other name, playback URLs included.
 *
 * @param serverName lower-case; null where the client gave none
 */
export function serviceOf(serverName: string | null): Service {
  const [label, ...rest] = (serverName ?? "").split(".");
  if (rest.length === 0) return "api";
  return label === "stream" || label === "image" || label === "beacon" ? label : "api";
}
