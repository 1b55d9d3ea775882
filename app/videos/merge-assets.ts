import type { Asset, AssetPage } from "./wire.ts";

/**
 * What is shown after the newest assets were asked for again: they replace their older selves, what came meanwhile stands
 * first, and what is as new as the page but not in it has been deleted. Older ones, shown by "Load more", stay.
 */
export function mergeNewest(shown: readonly Asset[], { assets, nextCursor }: AssetPage): readonly Asset[] {
  if (nextCursor === null) return assets;
  const oldestMs = assets.at(-1)?.createdAtMs ?? Number.POSITIVE_INFINITY;
  const fresh = new Set(assets.map(({ id }) => id));
  return [...assets, ...shown.filter(({ id, createdAtMs }) => createdAtMs <= oldestMs && !fresh.has(id))];
}

/** The shown assets with the next page below; repeats count once, since assets may come between two questions. */
export function appendOlder(shown: readonly Asset[], page: AssetPage): readonly Asset[] {
  const known = new Set(shown.map(({ id }) => id));
  return [...shown, ...page.assets.filter(({ id }) => !known.has(id))];
}
