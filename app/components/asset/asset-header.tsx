"use client";

import { Activity, ChevronLeft, Trash2 } from "lucide-react";
import Link from "next/link";
import { nameOf } from "../../videos/asset-facts.ts";
import type { AssetView } from "../../videos/use-asset.ts";
import { audiencePath, videosPath } from "../../videos/video-links.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { EditableTitle } from "./editable-title.tsx";

interface Props {
  environment: string;
  view: AssetView;
}

export function AssetHeader({ environment, view }: Props) {
  const { asset, rename, deleteAsset } = view;
  return (
    <header className="sticky top-0 z-20 flex min-h-14 items-center gap-2 border-b bg-canvas px-4 py-2 sm:px-6">
      <Link
        href={videosPath(environment)}
        aria-label="All videos"
        className="-ml-2 grid size-8 shrink-0 place-items-center rounded-control text-muted hover:bg-sunken hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-5" />
      </Link>
      <EditableTitle name={nameOf(asset)} title={asset.title ?? ""} onRename={rename} />
      <div className="ml-auto flex shrink-0 items-center gap-2">
        {asset.status === "ready" && (
          <Link
            href={audiencePath(environment, nameOf(asset))}
            className="inline-flex h-8 items-center gap-1.5 rounded-control px-2 font-medium text-muted text-sm hover:bg-sunken hover:text-ink"
          >
            <Activity aria-hidden className="size-4" />
            <span className="max-sm:sr-only">Who is watching</span>
          </Link>
        )}
        <ConfirmDialog
          trigger={
            <Button aria-label="Delete video" title="Delete video" size="icon" kind="quiet">
              <Trash2 aria-hidden className="size-4" />
            </Button>
          }
          title="Delete this video?"
          action="Delete video"
          onConfirm={deleteAsset}
        >
          “{nameOf(asset)}” and everything made of it will be gone, and every page that plays it goes dark. This cannot
          be taken back.
        </ConfirmDialog>
      </div>
    </header>
  );
}
