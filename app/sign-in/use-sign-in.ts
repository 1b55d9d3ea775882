"use client";

import { signIn } from "next-auth/react";
import { useState, useSyncExternalStore } from "react";
import { returnPath } from "../session/return-path.ts";
import { signInSentence } from "../session/sign-in-failure.ts";

interface SignIn {
  /** What went wrong, as one sentence. */
  failure: string | null;
  busy: boolean;
  /** False until script has the form: sent by the browser alone it would put the password into the address. */
  ready: boolean;
  submit(email: string, password: string): void;
}

export function useSignIn(): SignIn {
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = useSyncExternalStore(never, inBrowser, onServer);
  const attempt = async (email: string, password: string) => {
    setBusy(true);
    setFailure(null);
    const error = await tryIn(email, password);
    if (error === null)
      return window.location.assign(returnPath(new URLSearchParams(window.location.search).get("next"))); // whole: nothing of a person before stays in memory
    setFailure(signInSentence(error));
    setBusy(false);
  };
  return { failure, busy, ready, submit: (email, password) => void attempt(email, password) };
}

const never = () => () => undefined;
const inBrowser = () => true;
const onServer = () => false;

async function tryIn(email: string, password: string): Promise<string | null> {
  try {
    const result = await signIn("credentials", { email, password, redirect: false });
    return result?.error ?? null;
  } catch {
    return "unavailable";
  }
}
