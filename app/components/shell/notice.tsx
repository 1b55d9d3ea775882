import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

/** A page that has one thing to say. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col px-6 py-6 sm:px-10 sm:py-8">
      <Logo />
      <div className="m-auto w-full max-w-md pb-24">
        <h1 className="mb-2 font-semibold text-xl tracking-[-0.01em]">{title}</h1>
        <div className="text-muted">{children}</div>
      </div>
    </main>
  );
}
