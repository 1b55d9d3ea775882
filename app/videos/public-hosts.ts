import type { AppConfig } from "../config.ts";

/** Where a browser, and whoever uses the API, reaches what belongs to a video. */
export type PublicHosts = Pick<AppConfig, "apiOrigin" | "streamOrigin" | "imageOrigin" | "playerDomain" | "collector">;

/** What a page may know of the configuration. */
export function publicHosts(config: AppConfig): PublicHosts {
  const { apiOrigin, streamOrigin, imageOrigin, playerDomain, collector } = config;
  return { apiOrigin, streamOrigin, imageOrigin, playerDomain, collector };
}
