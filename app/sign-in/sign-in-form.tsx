"use client";

import { CircleAlert } from "lucide-react";
import { Button } from "../components/ui/button.tsx";
import { TextField } from "../components/ui/text-field.tsx";
import { useSignIn } from "./use-sign-in.ts";

export function SignInForm() {
  const { failure, busy, ready, submit } = useSignIn();
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        submit(String(form.get("email") ?? ""), String(form.get("password") ?? ""));
      }}
      className="space-y-4"
    >
      <TextField label="Email" name="email" type="email" autoComplete="username" required autoFocus />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      <Button kind="primary" size="large" type="submit" disabled={busy || !ready} className="w-full">
        {busy ? "Signing in…" : "Sign in"}
      </Button>
      <p role="alert" className="min-h-10 text-bad text-sm">
        {failure !== null && (
          <span className="flex gap-2">
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {failure}
          </span>
        )}
      </p>
    </form>
  );
}
