import { AudioLines } from "lucide-react";
import type { ReactNode } from "react";
import { describeStanding, isSoundOnly, nameOf, stageRatio } from "../../videos/asset-facts.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { hlsUrl, thumbnailUrl } from "../../videos/video-links.ts";
import type { Asset } from "../../videos/wire.ts";
import { LazyPlayer } from "../player/lazy-player.tsx";
import { Button } from "../ui/button.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";

const POSTER_WIDTH_PX = 1_280;
/** A film is seen whole, with its controls, below the header. */
const TALLEST = "72dvh";

interface Props {
  asset: Asset;
  /** A public one; null: nobody may play without a token. */
  playbackId: string | null;
  hosts: PublicHosts;
  environmentKey: string | null;
  onVideo(video: HTMLVideoElement | null): void;
  onMakePlayable(): void;
}

/** Where the video plays, or why it does not. */
export function Stage({ asset, playbackId, hosts, environmentKey, onVideo, onMakePlayable }: Props) {
  if (asset.status === "preparing") return <Preparing asset={asset} />;
  if (asset.status === "errored") return <Errored messages={asset.errors} />;
  if (playbackId === null) return <Closed isSigned={asset.playbackIds.length > 0} onMakePlayable={onMakePlayable} />;
  const source = {
    url: hlsUrl(hosts, playbackId),
    environmentKey,
    collector: hosts.collector,
    assetId: asset.id,
    title: nameOf(asset),
  };
  if (isSoundOnly(asset)) {
    return (
      <Sound>
        <LazyPlayer source={source} posterUrl={null} onVideo={onVideo} />
      </Sound>
    );
  }
  const ratio = stageRatio(asset);
  return (
    <div className="grid justify-items-center overflow-hidden rounded-panel bg-sunken">
      <div
        className="relative overflow-hidden rounded-panel bg-picture-ground"
        style={{ aspectRatio: ratio, width: `min(100%, ${ratio} * ${TALLEST})` }}
      >
        <LazyPlayer
          source={source}
          posterUrl={thumbnailUrl(hosts, playbackId, { widthPx: POSTER_WIDTH_PX })}
          onVideo={onVideo}
        />
      </div>
    </div>
  );
}

/** Nothing to look at, so little room: a sign that this is so, and the controls. */
function Sound({ children }: { children: ReactNode }) {
  return (
    <div className="relative overflow-hidden rounded-panel border bg-picture-ground text-on-picture">
      <div className="grid h-32 place-content-center justify-items-center gap-2">
        <AudioLines aria-hidden className="size-8" strokeWidth={1.5} />
        <p className="text-sm">Sound only</p>
      </div>
      <div className="h-20">{children}</div>
    </div>
  );
}

function Preparing({ asset }: { asset: Asset }) {
  const text = describeStanding(asset);
  return (
    <Empty>
      <p className="mb-1 font-semibold text-lg" role="status">
        {text}
      </p>
      <p className="mb-4 text-muted">
        {asset.convertedRatio === null
          ? "Ready within seconds; the player appears here by itself."
          : "This file cannot be played as it is, so it is converted first. There is no need to stay."}
      </p>
      <ProgressBar ratio={asset.convertedRatio} label={text} className="mx-auto max-w-80" />
    </Empty>
  );
}

function Errored({ messages }: { messages: readonly string[] }) {
  return (
    <Empty>
      <div role="alert">
        <p className="mb-1 font-semibold text-bad text-lg">This video could not be made</p>
        {messages.map((message) => (
          <p key={message} className="wrap-anywhere text-muted">
            {message}
          </p>
        ))}
        <p className="mt-3 text-muted text-sm">
          MP4, MOV, WebM, MKV, MP3 and most other common files work. Upload another one; this entry can be deleted.
        </p>
      </div>
    </Empty>
  );
}

function Closed({ isSigned, onMakePlayable }: { isSigned: boolean; onMakePlayable(): void }) {
  return (
    <Empty>
      <p className="mb-1 font-semibold text-lg">{isSigned ? "Plays only with a token" : "Nobody can play this yet"}</p>
      <p className="mb-4 text-muted">
        {isSigned
          ? "All playback ids of this video are signed. A public one plays here, and for everyone who knows it."
          : "This video has no playback id. A public one plays for everyone who knows it."}
      </p>
      <Button onClick={onMakePlayable}>Add a public playback id</Button>
    </Empty>
  );
}

function Empty({ children }: { children: ReactNode }) {
  return (
    <div className="grid aspect-video max-h-[72dvh] w-full place-items-center rounded-panel border bg-sunken p-6">
      <div className="w-full max-w-md text-center">{children}</div>
    </div>
  );
}
