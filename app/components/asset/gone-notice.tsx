import Link from "next/link";
import { videosPath } from "../../videos/video-links.ts";

/** The video was deleted while somebody looked at it. */
export function GoneNotice({ environment }: { environment: string }) {
  return (
    <main className="grid min-h-80 place-items-center p-6 text-center">
      <div>
        <h1 className="mb-1 font-semibold text-xl">This video was deleted</h1>
        <Link href={videosPath(environment)} className="text-accent underline underline-offset-2">
          Go to all videos
        </Link>
      </div>
    </main>
  );
}
