import { Plus } from "lucide-react";
import { isSoundOnly } from "../../videos/asset-facts.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import type { AssetView } from "../../videos/use-asset.ts";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { PlaybackIdLines } from "./playback-id-lines.tsx";

interface Props {
  view: AssetView;
  hosts: PublicHosts;
}

/** By which names the video can be played, and the addresses below each. */
export function PlaybackIdsPanel({ view, hosts }: Props) {
  const { asset, addPlaybackId, deletePlaybackId } = view;
  return (
    <Panel aria-label="Playback" className="p-4">
      <div className="mb-2 flex items-center justify-between">
        <h2 className="font-medium">Playback</h2>
        <Button size="small" onClick={() => void addPlaybackId()}>
          <Plus aria-hidden className="size-3.5" />
          Public playback id
        </Button>
      </div>
      {asset.playbackIds.length === 0 && <p className="text-muted text-sm">No playback id: nobody can play this.</p>}
      <ul className="divide-y">
        {asset.playbackIds.map((playbackId) => (
          <PlaybackIdLines
            key={playbackId.id}
            playbackId={playbackId}
            hosts={hosts}
            hasPicture={!isSoundOnly(asset)}
            onDelete={() => deletePlaybackId(playbackId.id)}
          />
        ))}
      </ul>
    </Panel>
  );
}
