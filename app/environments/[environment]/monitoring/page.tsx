import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { MonitoringPage } from "../../../components/monitoring/monitoring-page.tsx";
import { ServerDown } from "../../../components/shell/server-down.tsx";
import { readConfig } from "../../../config.ts";
import { askEnvironment } from "../../../session/membership.ts";
import { sendToSignIn } from "../../../session/send-to-sign-in.ts";

export const metadata: Metadata = { title: "Monitoring" };

export default async function Page({ params }: { params: Promise<{ environment: string }> }) {
  const answer = await askEnvironment((await params).environment);
  if (answer.kind === "unauthorized") return sendToSignIn();
  if (answer.kind === "not_found") notFound();
  if (answer.kind !== "ok") return <ServerDown />;
  return <MonitoringPage environment={answer.value} collector={readConfig().collector} />;
}
