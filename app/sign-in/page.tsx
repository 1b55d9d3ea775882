import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Logo } from "../components/shell/logo.tsx";
import { ThemeMenu } from "../components/shell/theme-menu.tsx";
import { askMembership } from "../session/membership.ts";
import { SignInForm } from "./sign-in-form.tsx";
import { TimelineMotif } from "./timeline-motif.tsx";

export const metadata: Metadata = { title: "Sign in" };

interface Props {
  searchParams: Promise<{ reason?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { reason } = await searchParams;
  if ((await askMembership()).kind === "ok") redirect("/");
  return (
    <main className="relative grid min-h-dvh overflow-hidden lg:grid-cols-[minmax(420px,2fr)_3fr]">
      <div className="relative z-10 flex flex-col bg-surface lg:border-r px-6 py-6 sm:px-12 sm:py-10">
        <div className="flex items-center justify-between">
          <Logo />
          <ThemeMenu />
        </div>
        <div className="m-auto w-full max-w-88 py-12">
          <h1 className="mb-1 font-semibold text-2xl tracking-[-0.02em]">Sign in</h1>
          <p className="mb-7 text-muted">
            {reason === "session"
              ? "Your session is over. Sign in again to go on."
              : "See your audience as it watches."}
          </p>
          <SignInForm />
        </div>
      </div>
      <TimelineMotif />
    </main>
  );
}
