"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "../ui/skeleton.tsx";

/** The player and its libraries, fetched after the page stands. */
export const LazyPlayer = dynamic(() => import("./video-player.tsx"), {
  ssr: false,
  loading: () => <Skeleton className="size-full rounded-none" />,
});
