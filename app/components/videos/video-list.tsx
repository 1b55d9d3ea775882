"use client";

import { useNow } from "../../realtime/use-now.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import type { Upload } from "../../videos/upload-state.ts";
import type { Videos } from "../../videos/use-videos.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { UploadRow } from "./upload-row.tsx";
import { VideoListSkeleton } from "./video-list-skeleton.tsx";
import { VideoRow } from "./video-row.tsx";

/** Ages are told in minutes. */
const AGE_PERIOD_MS = 15_000;

interface Props {
  videos: Videos;
  uploads: readonly Upload[];
  environment: string;
  hosts: PublicHosts;
  onCancel(key: number): void;
  onRetry(key: number): void;
}

/** Everything of the environment, what is on its way first. */
export function VideoList({ videos, uploads, environment, hosts, onCancel, onRetry }: Props) {
  const nowMs = useNow(AGE_PERIOD_MS);
  return (
    <Panel aria-label="Videos">
      <div aria-hidden className="video-grid border-b px-3 py-2 text-2xs text-faint max-sm:hidden">
        <span />
        <span>Title</span>
        <span>Status</span>
        <span className="text-right">Duration</span>
        <span className="max-wide:hidden">Resolution</span>
        <span className="max-wide:hidden">Playback</span>
        <span className="text-right">Created</span>
      </div>
      <ul className="divide-y">
        {uploads.map((upload) => (
          <UploadRow
            key={upload.key}
            upload={upload}
            onCancel={() => onCancel(upload.key)}
            onRetry={() => onRetry(upload.key)}
          />
        ))}
        {videos.assets?.map((asset) => (
          <VideoRow key={asset.id} asset={asset} environment={environment} hosts={hosts} nowMs={nowMs} />
        ))}
        {videos.assets === null && <VideoListSkeleton />}
      </ul>
      {videos.hasMore && (
        <div className="border-t p-3 text-center">
          <Button disabled={videos.loadingMore} onClick={videos.loadMore}>
            {videos.loadingMore ? "Loading…" : "Load more"}
          </Button>
        </div>
      )}
    </Panel>
  );
}
