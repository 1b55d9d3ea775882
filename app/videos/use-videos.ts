"use client";

import { useCallback, useMemo, useState } from "react";
import { leaveToSignIn } from "../session/leave-to-sign-in.ts";
import { appendOlder, mergeNewest } from "./merge-assets.ts";
import { PAGE_ASSETS } from "./page-size.ts";
import { usePolling } from "./use-polling.ts";
import { createVideoApi } from "./video-api.ts";
import type { Asset, AssetPage } from "./wire.ts";

/** As many as the API gives at once. */
const MOST_ASSETS = 100;
const BUSY_PERIOD_MS = 1_000;
const CALM_PERIOD_MS = 15_000;

export interface Videos {
  /** Newest first; null: not known yet. */
  assets: readonly Asset[] | null;
  hasMore: boolean;
  loadingMore: boolean;
  /** The list could not be renewed; what is shown is the last known. */
  stale: boolean;
  /** When the list was last asked for, on the page's own clock; 0: it came with the page. */
  askedMs: number;
  loadMore(): void;
}

/**
 * The environment's videos, kept fresh: every second while one of them is about to change, slowly otherwise.
 *
 * @param initial what the server put into the page; null when it could not
 * @param isExpecting whether something else says that this list will change soon
 */
export function useVideos(
  environment: string,
  initial: AssetPage | null,
  isExpecting: (assets: readonly Asset[], askedMs: number) => boolean,
): Videos {
  const api = useMemo(() => createVideoApi(environment), [environment]);
  const [assets, setAssets] = useState<readonly Asset[] | null>(initial?.assets ?? null);
  const [cursor, setCursor] = useState<string | null>(initial?.nextCursor ?? null);
  const [loadingMore, setLoadingMore] = useState(false);
  const [stale, setStale] = useState(false);
  const [askedMs, setAskedMs] = useState(0);

  const renew = useCallback(async () => {
    const limit = Math.min(MOST_ASSETS, Math.max(PAGE_ASSETS, assets?.length ?? 0));
    const startedMs = performance.now();
    const answer = await api.listAssets({ limit });
    if (answer.kind === "signed_out") return leaveToSignIn();
    setStale(answer.kind !== "ok");
    if (answer.kind !== "ok") return;
    const { value } = answer;
    setAskedMs(startedMs);
    setAssets((shown) => mergeNewest(shown ?? [], value));
    if ((assets?.length ?? 0) <= value.assets.length) setCursor(value.nextCursor); // else the cursor of the last page holds
  }, [api, assets?.length]);

  const isBusy = assets === null || isExpecting(assets, askedMs) || assets.some(({ status }) => status === "preparing");
  usePolling(renew, isBusy ? BUSY_PERIOD_MS : CALM_PERIOD_MS);

  const loadMore = async () => {
    if (cursor === null || loadingMore) return;
    setLoadingMore(true);
    const answer = await api.listAssets({ limit: PAGE_ASSETS, cursor });
    setLoadingMore(false);
    if (answer.kind === "signed_out") return leaveToSignIn();
    setStale(answer.kind !== "ok");
    if (answer.kind !== "ok") return;
    setAssets((shown) => appendOlder(shown ?? [], answer.value));
    setCursor(answer.value.nextCursor);
  };
  return { assets, hasMore: cursor !== null, loadingMore, stale, askedMs, loadMore: () => void loadMore() };
}
