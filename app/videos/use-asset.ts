"use client";

import { useRouter } from "next/navigation";
import { useMemo, useRef, useState } from "react";
import { leaveToSignIn } from "../session/leave-to-sign-in.ts";
import { usePolling } from "./use-polling.ts";
import { type ApiAnswer, createVideoApi, type VideoApi } from "./video-api.ts";
import { videosPath } from "./video-links.ts";
import type { Asset } from "./wire.ts";

const BUSY_PERIOD_MS = 1_000;
const CALM_PERIOD_MS = 20_000;
const UNAVAILABLE = "The Playhead server does not answer. Nothing was changed; try again in a moment.";

export interface AssetView {
  asset: Asset;
  /** It was deleted, here or elsewhere. */
  gone: boolean;
  /** Why the last change did not work; null when it did. */
  problem: string | null;
  /** True when it worked. */
  rename(title: string): Promise<boolean>;
  addPlaybackId(): Promise<boolean>;
  deletePlaybackId(id: string): Promise<boolean>;
  /** Leads to the list when it worked. */
  deleteAsset(): Promise<boolean>;
}

/** One video and what can be changed about it; asked for again every second until it is ready. */
export function useAsset(environment: string, initial: Asset): AssetView {
  const api = useMemo(() => createVideoApi(environment), [environment]);
  const router = useRouter();
  const [asset, setAsset] = useState(initial);
  const [gone, setGone] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const questions = useRef(0);

  const renew = async () => {
    if (gone) return;
    questions.current += 1;
    const question = questions.current;
    const answer = await api.getAsset(initial.id);
    if (question !== questions.current) return; // asked before something was changed: it would show the old state
    if (answer.kind === "signed_out") return leaveToSignIn();
    if (answer.kind === "not_found") setGone(true);
    if (answer.kind === "ok") setAsset(answer.value);
  };
  usePolling(renew, asset.status === "preparing" ? BUSY_PERIOD_MS : CALM_PERIOD_MS);

  const change = async <T>(ask: (api: VideoApi) => Promise<ApiAnswer<T>>): Promise<boolean> => {
    setProblem(null);
    questions.current += 1;
    const answer = await ask(api);
    if (answer.kind === "signed_out") leaveToSignIn();
    else if (answer.kind === "not_found") await renew();
    else if (answer.kind === "refused") setProblem(answer.messages.join(" "));
    else if (answer.kind === "unavailable") setProblem(UNAVAILABLE);
    return answer.kind === "ok";
  };
  const changeAndRenew = async <T>(ask: (api: VideoApi) => Promise<ApiAnswer<T>>): Promise<boolean> => {
    const worked = await change(ask);
    if (worked) await renew();
    return worked;
  };

  return {
    asset,
    gone,
    problem,
    rename: async (title) => {
      const worked = await changeAndRenew(() => api.renameAsset(asset.id, title));
      if (worked) router.refresh(); // the page's own title
      return worked;
    },
    addPlaybackId: () => changeAndRenew(() => api.addPlaybackId(asset.id)),
    deletePlaybackId: (id) => changeAndRenew(() => api.deletePlaybackId(asset.id, id)),
    deleteAsset: async () => {
      const worked = await change(() => api.deleteAsset(asset.id));
      if (worked) router.push(videosPath(environment));
      return worked;
    },
  };
}
