"use client";

import { TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { useFileDrop } from "../../videos/use-file-drop.ts";
import { useUploads } from "../../videos/use-uploads.ts";
import { useVideos } from "../../videos/use-videos.ts";
import type { AssetPage } from "../../videos/wire.ts";
import { ChooseFiles } from "./choose-files.tsx";
import { DropVeil } from "./drop-veil.tsx";
import { EmptyVideos } from "./empty-videos.tsx";
import { pendingUploads } from "./pending-uploads.ts";
import { VideoList } from "./video-list.tsx";

interface Props {
  environment: string;
  hosts: PublicHosts;
  /** Null: the server could not tell when the page was made. */
  initial: AssetPage | null;
}

export function VideosPage({ environment, hosts, initial }: Props) {
  const { uploads, add, cancel, retry } = useUploads(environment);
  const videos = useVideos(environment, initial, (assets, askedMs) =>
    pendingUploads(uploads, assets, askedMs).some(({ state }) => state.kind === "arrived" || state.kind === "created"),
  );
  const isOver = useFileDrop(add);
  const pending = pendingUploads(uploads, videos.assets ?? [], videos.askedMs);
  useEffect(() => {
    for (const upload of uploads) if (!pending.includes(upload)) cancel(upload.key); // there is no more to say of it
  });
  const isEmpty = videos.assets?.length === 0 && pending.length === 0;
  return (
    <>
      <header className="sticky top-0 z-20 flex min-h-14 items-center gap-3 border-b bg-canvas px-4 py-2 sm:px-6">
        <h1 className="font-semibold text-lg tracking-[-0.01em]">Videos</h1>
        {!isEmpty && (
          <div className="ml-auto flex items-center gap-4">
            <p className="text-faint text-sm max-sm:hidden">Drop files anywhere</p>
            <ChooseFiles onFiles={add}>Upload</ChooseFiles>
          </div>
        )}
      </header>
      <main className="mx-auto max-w-[1680px] space-y-3 px-4 pt-3 pb-8 sm:px-6">
        {videos.stale && (
          <p role="status" className="flex items-center gap-2 rounded-panel bg-warn-soft px-4 py-2 text-sm text-warn">
            <TriangleAlert aria-hidden className="size-4" />
            The Playhead server does not answer. This is the last known list; it is asked for again.
          </p>
        )}
        {isEmpty ? (
          <EmptyVideos hosts={hosts} onFiles={add} />
        ) : (
          <VideoList
            videos={videos}
            uploads={pending}
            environment={environment}
            hosts={hosts}
            onCancel={cancel}
            onRetry={retry}
          />
        )}
      </main>
      {isOver && <DropVeil />}
    </>
  );
}
