import { Clapperboard } from "lucide-react";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { uploadLines } from "../../videos/video-links.ts";
import { CodeLines } from "../ui/code-lines.tsx";
import { Panel } from "../ui/panel.tsx";
import { ChooseFiles } from "./choose-files.tsx";

interface Props {
  hosts: PublicHosts;
  onFiles(files: readonly File[]): void;
}

/** Nothing here yet: how the first video comes in, by hand and by program. */
export function EmptyVideos({ hosts, onFiles }: Props) {
  return (
    <Panel aria-label="No videos" className="overflow-hidden">
      <div className="flex flex-col items-center border-b border-dashed px-5 py-14 text-center sm:py-20">
        <Clapperboard aria-hidden className="mb-4 size-8 text-accent" strokeWidth={1.5} />
        <h2 className="mb-1 font-semibold text-xl tracking-[-0.01em]">No videos yet</h2>
        <p className="mb-6 max-w-sm text-muted">
          Drop files anywhere on this page. A video can be played seconds after its last byte, however long it is.
        </p>
        <ChooseFiles size="large" onFiles={onFiles}>
          Choose files
        </ChooseFiles>
      </div>
      <div className="mx-auto max-w-4xl px-5 py-8 sm:px-10">
        <p className="mb-3 text-muted">
          Or from a program, with an access token: ask for an upload, then send the file to the URL in its answer.
        </p>
        <CodeLines lines={uploadLines(hosts)} />
      </div>
    </Panel>
  );
}
