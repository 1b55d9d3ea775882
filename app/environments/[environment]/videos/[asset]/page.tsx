import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AssetPage } from "../../../../components/asset/asset-page.tsx";
import { ServerDown } from "../../../../components/shell/server-down.tsx";
import { readConfig } from "../../../../config.ts";
import { askAsset } from "../../../../session/ask-videos.ts";
import { askEnvironment } from "../../../../session/membership.ts";
import { sendToSignIn } from "../../../../session/send-to-sign-in.ts";
import { nameOf } from "../../../../videos/asset-facts.ts";
import { publicHosts } from "../../../../videos/public-hosts.ts";

interface Props {
  params: Promise<{ environment: string; asset: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { environment, asset } = await params;
  const answer = await askAsset(environment, asset);
  return { title: answer.kind === "ok" ? nameOf(answer.value) : "Video" };
}

export default async function Page({ params }: Props) {
  const { environment, asset } = await params;
  const [environmentAnswer, assetAnswer] = await Promise.all([
    askEnvironment(environment),
    askAsset(environment, asset),
  ]);
  if (environmentAnswer.kind === "unauthorized" || assetAnswer.kind === "unauthorized") return sendToSignIn();
  if (environmentAnswer.kind === "not_found" || assetAnswer.kind === "not_found") notFound();
  if (environmentAnswer.kind !== "ok" || assetAnswer.kind !== "ok") return <ServerDown />;
  const hosts = publicHosts(readConfig());
  return <AssetPage environment={environmentAnswer.value} hosts={hosts} initial={assetAnswer.value} />;
}
