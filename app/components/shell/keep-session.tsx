"use client";

import { getSession } from "next-auth/react";
import { useEffect } from "react";
import { onSignedOutElsewhere } from "../../session/signed-out.ts";

const RENEW_EVERY_MS = 12 * 60 * 60 * 1_000;

/**
 * Slides the session cookie while a page is open: next-auth writes it anew only when it is asked for the session. And leaves
 * with the session when another tab ends it.
 */
export function KeepSession() {
  useEffect(() => {
    void getSession();
    const timer = setInterval(() => void getSession(), RENEW_EVERY_MS);
    const stopListening = onSignedOutElsewhere(() => window.location.assign("/sign-in"));
    return () => {
      clearInterval(timer);
      stopListening();
    };
  }, []);
  return null;
}
