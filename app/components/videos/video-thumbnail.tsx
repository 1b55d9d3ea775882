"use client";

import { AudioLines, Film, Lock, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { isSoundOnly } from "../../videos/asset-facts.ts";
import type { PublicHosts } from "../../videos/public-hosts.ts";
import { publicPlaybackId, thumbnailUrl } from "../../videos/video-links.ts";
import type { Asset } from "../../videos/wire.ts";

const WIDTH_PX = 320;

interface Props {
  asset: Asset;
  hosts: PublicHosts;
}

/** What a video looks like; where nothing can be seen, a sign that says why. */
export function VideoThumbnail({ asset, hosts }: Props) {
  const [broken, setBroken] = useState(false);
  const playbackId = publicPlaybackId(asset);
  const hasPicture = asset.status === "ready" && !isSoundOnly(asset) && playbackId !== null;
  return (
    <span className="relative grid aspect-video w-full place-items-center overflow-hidden rounded-xs bg-sunken">
      {hasPicture && !broken ? (
        // biome-ignore lint/performance/noImgElement: the image host makes the size, nothing is left to optimize
        <img
          src={thumbnailUrl(hosts, playbackId, { widthPx: WIDTH_PX })}
          alt=""
          width={WIDTH_PX}
          height={180}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
          className="absolute inset-0 size-full bg-picture-ground object-contain"
        />
      ) : (
        <Sign asset={asset} />
      )}
    </span>
  );
}

function Sign({ asset }: { asset: Asset }) {
  if (asset.status === "errored") return <TriangleAlert aria-hidden className="size-4 text-bad" />;
  if (isSoundOnly(asset)) return <AudioLines aria-hidden className="size-4 text-faint" />;
  if (asset.status === "ready" && publicPlaybackId(asset) === null) {
    return <Lock aria-hidden className="size-4 text-faint" />;
  }
  return <Film aria-hidden className="size-4 text-faint" />;
}
