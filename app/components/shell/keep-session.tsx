"use client";

import { getSession } from "next-auth/react";
import { useEffect } from "react";

const RENEW_EVERY_MS = 12 * 60 * 60 * 1_000;

/** Slides the session cookie while a page is open: next-auth writes it anew only when it is asked for the session. */
export function KeepSession() {
  useEffect(() => {
    void getSession();
    const timer = setInterval(() => void getSession(), RENEW_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return null;
}
