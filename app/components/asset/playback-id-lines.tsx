import { Trash2 } from "lucide-react";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { hlsUrl, thumbnailUrl } from "../../videos/video-links.ts";
import type { PlaybackId } from "../../videos/wire.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { CopyButton } from "../ui/copy-button.tsx";

const THUMBNAIL_WIDTH_PX = 640;

interface Props {
  playbackId: PlaybackId;
  hosts: PublicHosts;
  hasPicture: boolean;
  onDelete(): Promise<boolean>;
}

export function PlaybackIdLines({ playbackId: { id, policy }, hosts, hasPicture, onDelete }: Props) {
  const lines = [
    { name: "Playback id", text: id },
    { name: "HLS", text: hlsUrl(hosts, id) },
    ...(hasPicture ? [{ name: "Thumbnail", text: thumbnailUrl(hosts, id, { widthPx: THUMBNAIL_WIDTH_PX }) }] : []),
  ];
  return (
    <li className="py-2" data-testid="playback-id">
      <div className="flex items-center justify-between">
        <span className="rounded-xs border px-1.5 font-medium text-2xs text-muted">{policy}</span>
        <ConfirmDialog
          trigger={
            <Button kind="quiet" size="icon" aria-label="Delete playback id" title="Delete playback id">
              <Trash2 aria-hidden className="size-3.5" />
            </Button>
          }
          title="Delete this playback id?"
          action="Delete playback id"
          onConfirm={onDelete}
        >
          Every page and app that plays the video by it goes dark within seconds. The video itself stays.
        </ConfirmDialog>
      </div>
      <dl className="text-sm">
        {lines.map(({ name, text }) => (
          <div key={name} className="flex items-center gap-2">
            <dt className="w-20 shrink-0 text-faint">{name}</dt>
            <dd className="min-w-0 grow truncate font-mono text-xs" title={text}>
              {text}
            </dd>
            <CopyButton text={text} what={name} />
          </div>
        ))}
      </dl>
    </li>
  );
}
