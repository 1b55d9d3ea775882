import type { PublicHosts } from "../../videos/public-hosts.ts";
import { embedLines } from "../../videos/video-links.ts";
import type { Asset } from "../../videos/wire.ts";
import { CodeLines } from "../ui/code-lines.tsx";
import { Panel } from "../ui/panel.tsx";

interface Props {
  hosts: PublicHosts;
  playbackId: string;
  title: Asset["title"];
  environmentKey: string | null;
}

export function EmbedPanel({ hosts, playbackId, title, environmentKey }: Props) {
  return (
    <Panel aria-label="Put it on a page" className="p-4">
      <h2 className="font-medium">Put it on a page</h2>
      <p className="mb-3 text-muted text-sm">
        Two lines of HTML play this video. Whoever watches appears in Monitoring.
      </p>
      <CodeLines lines={embedLines(hosts, playbackId, { title, environmentKey })} />
    </Panel>
  );
}
