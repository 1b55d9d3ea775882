"use client";

import { FileUp } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { formatShare } from "../../../domain/format/format-ratio.ts";
import { isUnfinished, sentRatio } from "../../videos/upload-state.ts";
import { useUploads } from "../../videos/use-uploads.ts";
import { videosPath } from "../../videos/video-links.ts";

/** On every page but the one that shows them in full: uploads go on, and how far they are. */
export function UploadPill({ environment }: { environment: string }) {
  const { uploads } = useUploads(environment);
  const pathname = usePathname();
  const ratio = sentRatio(uploads);
  if (ratio === null || pathname === videosPath(environment)) return null;
  const count = uploads.filter(isUnfinished).length;
  return (
    <Link
      href={videosPath(environment)}
      className="fixed right-4 bottom-4 z-30 flex h-9 items-center gap-2 rounded-full border border-line-strong bg-raised px-4 text-sm shadow-menu hover:bg-sunken"
    >
      <FileUp aria-hidden className="size-4 text-accent" />
      Uploading {count === 1 ? "1 file" : `${count} files`}
      <span className="text-muted">{formatShare(ratio, 1)}</span>
    </Link>
  );
}
