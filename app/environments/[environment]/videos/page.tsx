import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { VideosPage } from "../../../components/videos/videos-page.tsx";
import { readConfig } from "../../../config.ts";
import { askNewestAssets } from "../../../session/ask-videos.ts";
import { sendToSignIn } from "../../../session/send-to-sign-in.ts";
import { publicHosts } from "../../../videos/public-hosts.ts";

export const metadata: Metadata = { title: "Videos" };

export default async function Page({ params }: { params: Promise<{ environment: string }> }) {
  const { environment } = await params;
  const answer = await askNewestAssets(environment);
  if (answer.kind === "unauthorized") return sendToSignIn();
  if (answer.kind === "not_found") notFound();
  const initial = answer.kind === "ok" ? answer.value : null;
  return <VideosPage environment={environment} hosts={publicHosts(readConfig())} initial={initial} />;
}
