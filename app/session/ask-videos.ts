import { cache } from "react";
import { PAGE_ASSETS } from "../videos/page-size.ts";
import { type Asset, AssetAnswer, type AssetPage, AssetPageAnswer } from "../videos/wire.ts";
import { askAsPerson } from "./ask-as-person.ts";
import type { ServerAnswer } from "./ask-server.ts";

const ASSETS = "/video/v1/assets";

/** The newest videos, to stand in the page from its first byte. */
export function askNewestAssets(environment: string): Promise<ServerAnswer<AssetPage>> {
  return askAsPerson({ path: `${ASSETS}?limit=${PAGE_ASSETS}`, schema: AssetPageAnswer, environment });
}

/** One video; asked once per page, for its contents and its title. */
export const askAsset = cache(
  (environment: string, id: string): Promise<ServerAnswer<Asset>> =>
    askAsPerson({ path: `${ASSETS}/${encodeURIComponent(id)}`, schema: AssetAnswer, environment }),
);
