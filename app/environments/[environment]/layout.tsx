import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { KeepSession } from "../../components/shell/keep-session.tsx";
import { ServerDown } from "../../components/shell/server-down.tsx";
import { Sidebar } from "../../components/shell/sidebar.tsx";
import { TopBar } from "../../components/shell/top-bar.tsx";
import { UploadPill } from "../../components/videos/upload-pill.tsx";
import { askMembership } from "../../session/membership.ts";
import { sendToSignIn } from "../../session/send-to-sign-in.ts";

interface Props {
  children: ReactNode;
  params: Promise<{ environment: string }>;
}

/** The frame of every page of an environment; another's environment is not found, as on the server. */
export default async function EnvironmentLayout({ children, params }: Props) {
  const { environment: id } = await params;
  const answer = await askMembership();
  if (answer.kind === "unauthorized") return sendToSignIn();
  if (answer.kind !== "ok") return <ServerDown />;
  const { person, environments } = answer.value;
  const current = environments.find((environment) => environment.id === id);
  if (current === undefined) notFound();
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[208px_minmax(0,1fr)]">
      <Sidebar person={person} current={current} environments={environments} />
      <div className="min-w-0">
        <TopBar person={person} current={current} environments={environments} />
        {children}
        <KeepSession />
        <UploadPill environment={current.id} />
      </div>
    </div>
  );
}
