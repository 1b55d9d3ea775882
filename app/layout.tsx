import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { readTheme, THEME_COOKIE } from "./components/shell/theme.ts";
import "./styles/globals.css";

/** Hanken Grotesk (SIL OFL, fonts/OFL.txt): narrow tabular figures, and two files for all of Latin. */
const hanken = localFont({
  src: "./fonts/hanken-grotesk-latin.woff2",
  weight: "100 900",
  variable: "--font-hanken",
});

/** Taken only by pages that hold such letters. */
const hankenExtended = localFont({
  src: "./fonts/hanken-grotesk-latin-ext.woff2",
  weight: "100 900",
  variable: "--font-hanken-ext",
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: "unicode-range", value: "U+0100-02BA, U+02BD-02C5, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20C0" }],
});

export const metadata: Metadata = {
  title: { default: "Playhead", template: "%s · Playhead" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f4f8f8" },
    { media: "(prefers-color-scheme: dark)", color: "#080e12" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value); // known before the first byte: nothing flashes
  return (
    <html lang="en" data-theme={theme} className={`${hanken.variable} ${hankenExtended.variable}`}>
      <body>{children}</body>
    </html>
  );
}
