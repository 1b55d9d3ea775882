"use client";

import { useCallback, useState } from "react";
import type { Environment } from "../../session/wire.ts";
import { isSoundOnly } from "../../videos/asset-facts.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { useAsset } from "../../videos/use-asset.ts";
import { publicPlaybackId } from "../../videos/video-links.ts";
import type { Asset } from "../../videos/wire.ts";
import { AssetHeader } from "./asset-header.tsx";
import { EmbedPanel } from "./embed-panel.tsx";
import { FactsPanel } from "./facts-panel.tsx";
import { GoneNotice } from "./gone-notice.tsx";
import { PictureStrip } from "./picture-strip.tsx";
import { PlaybackIdsPanel } from "./playback-ids-panel.tsx";
import { Stage } from "./stage.tsx";

interface Props {
  environment: Environment;
  hosts: PublicHosts;
  initial: Asset;
}

/** One video: its picture first, then what there is to know and to change. */
export function AssetPage({ environment, hosts, initial }: Props) {
  const view = useAsset(environment.id, initial);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const onVideo = useCallback((element: HTMLVideoElement | null) => setVideo(element), []);
  const { asset, gone, problem } = view;
  const playbackId = publicPlaybackId(asset);
  const isPlayable = asset.status === "ready" && playbackId !== null;
  const hasPictures = isPlayable && !isSoundOnly(asset) && asset.durationSeconds !== null;
  if (gone) return <GoneNotice environment={environment.id} />;
  return (
    <>
      <AssetHeader environment={environment.id} view={view} />
      <main className="mx-auto grid max-w-[1680px] gap-3 px-4 pt-3 pb-8 sm:px-6 wide:grid-cols-[minmax(0,1fr)_380px]">
        {problem !== null && (
          <p role="alert" className="rounded-panel bg-bad-soft px-4 py-2 text-bad wide:col-span-2">
            {problem}
          </p>
        )}
        <div className="min-w-0 space-y-3">
          <Stage
            asset={asset}
            playbackId={playbackId}
            hosts={hosts}
            environmentKey={environment.environmentKey}
            onVideo={onVideo}
            onMakePlayable={() => void view.addPlaybackId()}
          />
          {hasPictures && (
            <PictureStrip
              hosts={hosts}
              playbackId={playbackId}
              durationSeconds={asset.durationSeconds ?? 0}
              video={video}
            />
          )}
          {isPlayable && (
            <EmbedPanel
              hosts={hosts}
              playbackId={playbackId}
              title={asset.title}
              environmentKey={environment.environmentKey}
            />
          )}
        </div>
        <div className="min-w-0 space-y-3">
          <FactsPanel asset={asset} />
          {asset.status !== "errored" && <PlaybackIdsPanel view={view} hosts={hosts} />}
        </div>
      </main>
    </>
  );
}
