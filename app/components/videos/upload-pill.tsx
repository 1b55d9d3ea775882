"use client";

import { FileUp, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { formatShare } from "../../../domain/format/format-ratio.ts";
import { isUnfinished, sentRatio } from "../../videos/upload-state.ts";
import { useUploads } from "../../videos/use-uploads.ts";
import { videosPath } from "../../videos/video-links.ts";

/** On every page but the one that shows them in full: uploads go on, how far they are, and that some did not work. */
export function UploadPill({ environment }: { environment: string }) {
  const { uploads } = useUploads(environment);
  const pathname = usePathname();
  const ratio = sentRatio(uploads);
  const moving = uploads.filter(isUnfinished).length;
  const failed = uploads.filter(({ state }) => state.kind === "failed").length;
  if (moving + failed === 0 || pathname === videosPath(environment)) return null;
  return (
    <Link
      href={videosPath(environment)}
      className="fixed right-4 bottom-4 z-30 flex h-9 items-center gap-2 rounded-full border border-line-strong bg-raised px-4 text-sm shadow-menu hover:bg-sunken"
    >
      {moving > 0 && (
        <>
          <FileUp aria-hidden className="size-4 text-accent" />
          Uploading {moving === 1 ? "1 file" : `${moving} files`}
          <span className="text-muted">{formatShare(ratio ?? 0, 1)}</span>
        </>
      )}
      {failed > 0 && (
        <>
          <TriangleAlert aria-hidden className="size-4 text-bad" />
          <span className="text-bad">{failed === 1 ? "1 upload failed" : `${failed} uploads failed`}</span>
        </>
      )}
    </Link>
  );
}
